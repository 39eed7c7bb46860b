import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isolation, type launchBrowser } from '@residual/browser';
import { build, createServer, type InlineConfig, preview } from 'vite';

export type Browser = NonNullable<Awaited<ReturnType<typeof launchBrowser>>>;

const TIMEOUT_MS = 120_000;

export interface Site {
  url: string;
  close(): Promise<void>;
}

/** Vite as a user would set it up: the READMEs name what to exclude from pre-bundling, and nothing else is needed. */
function config(folder: string): InlineConfig {
  return {
    root: folder,
    configFile: false,
    logLevel: 'error',
    optimizeDeps: { exclude: ['@residual/backend-simd', '@residual/fashion-mnist'] },
    server: { host: '127.0.0.1', port: 0, headers: isolation },
    preview: { host: '127.0.0.1', port: 0, headers: isolation },
    build: { target: 'es2022' },
  };
}

export async function developmentSite(folder: string): Promise<Site> {
  const server = await createServer({ ...config(folder), cacheDir: join(folder, '.vite') });
  await server.listen();
  return site(server.httpServer, () => server.close());
}

export async function builtSite(folder: string): Promise<Site> {
  await build(config(folder));
  const server = await preview(config(folder));
  return site(server.httpServer, () => server.close());
}

function site(server: { address(): AddressInfo | string | null } | null, close: () => Promise<void>): Site {
  const address = server?.address();
  if (typeof address !== 'object' || address === null) throw new Error('vite: the server has no address');
  return { url: `http://127.0.0.1:${address.port}/`, close };
}

/** Opens the page that runs a program and resolves with the lines that the program printed. */
export async function runInPage(browser: Browser, site: Site, program: string): Promise<string> {
  const page = await browser.newPage();
  let lines: string[] = [];
  try {
    return await new Promise<string>((resolve, reject) => {
      const late = () =>
        reject(new Error(`${program}: not done after ${TIMEOUT_MS / 1000} s\n${lines.join('\n')}`));
      const timer = setTimeout(late, TIMEOUT_MS);
      const end = (settle: () => void) => {
        clearTimeout(timer);
        settle();
      };
      // Vite reloads the page when it finds another dependency to pre-bundle.
      page.on('framenavigated', () => {
        lines = [];
      });
      page.on('console', (message) => {
        if (message.type() !== 'log') return;
        const text = message.text();
        if (text === 'done') end(() => resolve(lines.join('\n')));
        else if (text.startsWith('failed')) end(() => reject(new Error(text)));
        else lines.push(text);
      });
      page.goto(`${site.url}?program=${program}`).catch((error: unknown) => end(() => reject(error)));
    });
  } finally {
    await page.close();
  }
}
