/** simd in a page of a real Chromium: its one argument is JSON, `{ task }`. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolation, launchBrowser } from '@residual/browser';
import sirv from 'sirv';
import { build } from 'vite';
import type { PageProgram, Task } from '../protocol.ts';
import { answer } from './answer.ts';

const { task } = JSON.parse(process.argv[2]!) as { task: Task };

await answer(async () => {
  const browser = await launchBrowser();
  if (browser === undefined) throw new Error('no Chrome or Chromium: install one or set CHROME_PATH');
  const site = await builtSite();
  const page = await browser.newPage();
  await page.goto(site.url);
  await page.waitForFunction(() => 'program' in globalThis);
  const ready = await page.evaluate((given) => program.start(given), task);
  return {
    ready: {
      ...ready,
      description: `${ready.description}; Chromium ${browser.version()}`,
      versions: { ...ready.versions, chromium: browser.version() },
    },
    run: (steps) => page.evaluate((given) => program.run(given), steps),
    async stop() {
      await browser.close();
      site.close();
    },
  };
});

/** In the page. */
declare const program: PageProgram;

/** The page as a user would build and serve it, in a folder of its own. */
async function builtSite(): Promise<{ url: string; close(): void }> {
  const outDir = mkdtempSync(join(tmpdir(), 'residual-bench-page-'));
  await build({
    root: join(import.meta.dirname, '..', 'page'),
    configFile: false,
    logLevel: 'error',
    build: { target: 'es2022', outDir, emptyOutDir: true },
  });
  // Not vite's own server: it ends the process as soon as stdin ends, and leaves the browser behind.
  const server = createServer(
    sirv(outDir, {
      setHeaders(response) {
        for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
      },
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}
