import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { visit } from './visit.ts';

const TINY = '?backend=webgpu&limit=4&batchSize=4';

test('a click trains on webgpu: the loss falls', async (context) => {
  const user = await visit(context, `${TINY}&epochs=4`);
  await user.press('Start');
  await user.until('ended');
  expect(await user.text('[data-backend]')).toMatch(/^webgpu computes on .*swiftshader/i);
  const losses = ((await user.history()) as { trainLoss: number }[]).map(({ trainLoss }) => trainLoss);
  expect(losses).toHaveLength(4);
  expect(losses[3]).toBeLessThan(losses[0]! - 0.2);
});

test('a lost device is replaced: the run goes on, and the page says so', async (context) => {
  const user = await visit(context, `${TINY}&epochs=6`, { serviceWorkers: 'block', before: losableDevices });
  await user.press('Start');
  await user.untilStep(1);
  await user.page.evaluate(() => new BroadcastChannel('lose-device').postMessage(null));
  expect(await user.notice('recovered')).toMatch(/the device was lost.*Recovered in step/s);
  await user.until('ended');
  expect(await user.number('step')).toBe(6);
  expect(await user.history()).toHaveLength(6);
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
