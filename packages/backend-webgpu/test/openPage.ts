import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, serveScript } from '@residual/browser';

const here = fileURLToPath(new URL('.', import.meta.url));
const fixtures = join(here, '..', '..', 'conformance', 'fixtures');

type Browser = NonNullable<Awaited<ReturnType<typeof launchBrowser>>>;

/** page.ts in a browser, and how to close both. */
export interface OpenPage {
  page: Awaited<ReturnType<Browser['newPage']>>;
  close(): Promise<void>;
}

/** Bundles page.ts and opens it; undefined where there is no browser. */
export async function openPage(): Promise<OpenPage | undefined> {
  const browser = await launchBrowser();
  if (browser === undefined) return undefined;
  const server = await serveScript(join(here, 'page.ts'), { fixtures });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction('globalThis.conformance !== undefined');
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
