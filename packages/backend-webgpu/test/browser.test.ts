import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, serveScript } from '@residual/browser';
import { unavailable } from '@residual/testing';
import { expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const fixtures = join(here, '..', '..', 'conformance', 'fixtures');

it('conforms in a browser', { timeout: 600_000 }, async (context) => {
  const browser = await launchBrowser();
  if (browser === undefined) return unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');
  const server = await serveScript(join(here, 'page.ts'), { fixtures });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction('globalThis.conformance !== undefined');
    const { ran, failures } = (await page.evaluate('conformance()')) as { ran: number; failures: string[] };
    expect(failures).toEqual([]);
    expect(ran).toBeGreaterThan(150);
  } finally {
    await browser.close();
    server.close();
  }
});
