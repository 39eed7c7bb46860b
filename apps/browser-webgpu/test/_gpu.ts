import { launchBrowser } from '@residual/browser';
import { serve } from '../serve.ts';
const site = await serve({ port: 0 });
const browser = (await launchBrowser())!;
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
page.on('console', (m) => console.log('console', m.type(), m.text()));
page.on('pageerror', (e) => console.log('pageerror', e.message));
const t = Date.now();
const log = (...a: unknown[]) => console.log(Date.now() - t, ...a);
await page.goto(site.url + '?backend=webgpu&limit=32&batchSize=8&epochs=2');
log('loaded');
await page.waitForSelector('[data-backend]', { timeout: 120000 });
log('backend', await page.locator('[data-backend]').textContent());
await page.evaluate(() => [...document.querySelectorAll('button')].find((b) => b.textContent === 'Start')!.click());
for (let i = 0; i < 60; i++) {
  await page.waitForTimeout(1000);
  const [s, l, st] = await page.evaluate(() => [
    document.querySelector('[data-number=step]')!.textContent,
    document.querySelector('[data-number=loss]')!.textContent,
    document.querySelector('[data-status]')!.getAttribute('data-status'),
  ]);
  log(s, l, st);
  if (st === 'ended') break;
}
await browser.close();
await site.close();
