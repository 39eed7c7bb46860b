import { launchBrowser } from '@residual/browser';
import { serve } from '../serve.ts';

const site = await serve({ port: 0, isIsolated: process.argv[2] !== 'plain' });
const browser = (await launchBrowser())!;
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
page.on('console', (m) => console.log('console', m.type(), m.text()));
page.on('pageerror', (e) => console.log('pageerror', e.message));
const t0 = Date.now();
await page.goto(site.url + (process.argv[3] ?? ''));
console.log('isolated', await page.evaluate(() => crossOriginIsolated));
await page.waitForTimeout(3000);
await page.screenshot({ path: '/tmp/app-idle.png', fullPage: true });
const t1 = Date.now();
await page.getByRole('button', { name: 'Start', exact: true }).click();
for (let i = 0; i < 25; i++) {
  await page.waitForTimeout(1000);
  const text = await page.locator('[data-number=step]').innerText();
  const loss = await page.locator('[data-number=loss]').innerText();
  console.log(
    Date.now() - t1,
    text.replace(/\n/g, ' '),
    loss,
    await page.locator('[data-status]').getAttribute('data-status'),
  );
}
await page.screenshot({ path: '/tmp/app-run.png', fullPage: true });
await page.getByRole('button', { name: 'Pause' }).click();
await page.waitForSelector('[data-status=paused]', { timeout: 30000 });
console.log(await page.locator('[data-saved]').innerText());
await page.reload();
await page.waitForTimeout(3000);
await page.screenshot({ path: '/tmp/app-reload.png', fullPage: true });
await page.setViewportSize({ width: 360, height: 800 });
await page.emulateMedia({ colorScheme: 'dark' });
await page.waitForTimeout(500);
await page.screenshot({ path: '/tmp/app-phone.png', fullPage: true });
await browser.close();
await site.close();
