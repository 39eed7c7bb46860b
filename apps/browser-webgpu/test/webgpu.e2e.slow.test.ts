import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './visit.ts';

const { visit } = useBrowser();

// One test: all shaders are compiled for a device once, which takes SwiftShader most of the time.
test('a click trains on webgpu, the loss falls, and a lost device is replaced meanwhile', async (context) => {
  const user = await visit(context, '?backend=webgpu&limit=4&batchSize=4&epochs=5', {
    serviceWorkers: 'block',
    before: losableDevices,
  });
  await user.press('Start');
  await user.untilStep(1);
  await user.page.evaluate(() => new BroadcastChannel('lose-device').postMessage(null));
  expect(await user.notice('recovered')).toMatch(/the device was lost.*Recovered in step/s);
  await user.until('ended');
  expect(await user.text('[data-backend]')).toMatch(/^webgpu computes on .*swiftshader/i);
  expect(await user.number('step')).toBe(5);
  const losses = ((await user.history()) as { trainLoss: number }[]).map(({ trainLoss }) => trainLoss);
  expect(losses).toHaveLength(5);
  expect(losses[4]).toBeLessThan(losses[0]! - 0.2);
});

/** Lets the page's worker lose its GPU when a message comes: what a crash of the driver does. */
async function losableDevices(page: Page): Promise<void> {
  await page.route(/\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const code = `
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...words) {
        const device = await request.apply(this, words);
        new BroadcastChannel('lose-device').onmessage = () => device.destroy();
        return device;
      };
    `;
    await route.fulfill({ response, body: code + (await response.text()) });
  });
}
