import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '@residual/browser';
import { build } from 'esbuild';

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
  const script = await bundle();
  const server = createServer(async (request, response) => {
    const path = normalize(request.url!);
    if (path.startsWith('/fixtures/')) response.end(await readFile(join(fixtures, path.slice(10))));
    else if (path === '/page.js') response.setHeader('Content-Type', 'text/javascript').end(script);
    else
      response.setHeader('Content-Type', 'text/html').end('<script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.conformance !== undefined');
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@residual/source', 'browser', 'module'],
    loader: { '.wgsl': 'text' },
    logLevel: 'error',
  });
  return outputFiles[0]!.contents;
}
