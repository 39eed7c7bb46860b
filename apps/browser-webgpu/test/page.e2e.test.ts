import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { useBrowser, type Visit } from './visit.ts';

const { visit } = useBrowser();

const TINY = '?backend=simd&limit=64&batchSize=16&epochs=2';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no barrier that axe knows of, ${colorScheme}`, async (context) => {
    const user = await visit(context, TINY, { colorScheme });
    await user.text('[data-backend]');
    expect(await violations(user)).toEqual([]);
    await user.page.getByText('More settings').click();
    await user.press('Start');
    await user.until('ended');
    await user.loadWeights('broken.safetensors', new Uint8Array(3));
    await user.notice('load');
    expect(await violations(user)).toEqual([]);
  });
}

async function violations({ page }: Visit): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

test('a keyboard is enough to train', async (context) => {
  const user = await visit(context, TINY);
  const { page } = user;
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  for (let i = 0; i < 5 && (await focused()) !== 'Start'; i++) await page.keyboard.press('Tab');
  expect(await focused()).toBe('Start');
  await page.keyboard.press('Enter');
  await user.until('ended');
  expect(await user.number('step')).toBe(8);
});

test('fits a phone of 360 pixels', async (context) => {
  const user = await visit(context, TINY, { viewport: { width: 360, height: 740 } });
  await user.text('[data-backend]');
  const { scroll, width } = await user.page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    width: innerWidth,
  }));
  expect(scroll).toBe(width);
});

test('after the first load it works offline', async (context) => {
  const user = await visit(context, TINY);
  await user.press('Start');
  await user.until('ended');
  await user.page.evaluate(() => navigator.serviceWorker.ready);
  await user.page.waitForFunction(async () => (await (await caches.open('pictures')).keys()).length === 4);
  await user.page.context().setOffline(true);
  await user.page.reload();
  await user.press('Start');
  await user.untilStep(8); // the page says at first how the run before ended
  await user.until('ended');
  const installable = await user.page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!;
    const { icons, display } = await (await fetch(link.href)).json();
    return { display, icons: icons.map(({ sizes }: { sizes: string }) => sizes) };
  });
  expect(installable).toEqual({ display: 'standalone', icons: ['any', '192x192', '512x512'] });
});

test('on a host without the headers, the service worker brings threads', async (context) => {
  const user = await visit(context, TINY, { site: 'plain' });
  await user.page.waitForFunction(() => crossOriginIsolated);
  await eventually(() => user.text('[data-backend]')).toMatch(/[2-9] threads/);
  expect(await user.page.locator('[data-notice=isolation]').count()).toBe(0);
});

test('without the headers and without a service worker, a notice tells of the one thread', async (context) => {
  const user = await visit(context, TINY, { site: 'plain', serviceWorkers: 'block' });
  expect(await user.notice('isolation')).toMatch(/One thread only.*Cross-Origin-Opener-Policy: same-origin/s);
  expect(await user.text('[data-backend]')).toMatch(/, 1 thread\b/);
  await user.press('Start');
  await user.until('ended');
  expect(await user.number('step')).toBe(8);
});

test('asked for WebGPU where there is none, the page says why and what to do', async (context) => {
  const user = await visit(context, '?backend=webgpu&limit=4&batchSize=4', {
    serviceWorkers: 'block',
    before: (page) =>
      page.route(/\/worker-[^/]*\.js$/, async (route) => {
        const response = await route.fetch();
        const code = "Object.defineProperty(navigator, 'gpu', { value: undefined });";
        await route.fulfill({ response, body: code + (await response.text()) });
      }),
  });
  expect(await user.notice('backend')).toMatch(/Nothing can compute here.*no WebGPU here.*Use Chrome/s);
  await user.page.getByText('More settings').click();
  await user.page.getByLabel('Computed by').selectOption('auto');
  await user.press('Start');
  await user.until('ended', 'running');
  expect(await user.text('[data-backend]')).toMatch(/simd computes.*Why not webgpu\?.*no WebGPU/s);
});
