import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { isolation } from './isolation.ts';

export interface ScriptServer {
  /** Of a page that does nothing but run the script, which is `/page.js`. */
  url: string;
  close(): void;
}

/**
 * Bundles a script from the packages' sources, for browsers, and serves a page that runs it.
 *
 * @param folders served under their names: `{ fixtures: FOLDER }` has FOLDER's files at `/fixtures/...`
 * @param answers what else the page may ask for: `{ job: LISTENER }` answers at `/job`
 */
export async function serveScript(
  entryPoint: string,
  folders: Record<string, string> = {},
  answers: Record<string, RequestListener> = {},
): Promise<ScriptServer> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@residual/source', 'browser', 'module'],
    loader: { '.wgsl': 'text' },
    logLevel: 'error',
  });
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    const [name, ...rest] = new URL(request.url!, 'http://localhost').pathname.split('/').slice(1);
    const answer = answers[name!];
    if (answer !== undefined) return answer(request, response);
    const folder = folders[name!];
    if (folder !== undefined) return response.end(await readFile(join(folder, ...rest)));
    if (name === 'page.js')
      return response.setHeader('Content-Type', 'text/javascript').end(outputFiles[0]!.contents);
    response.setHeader('Content-Type', 'text/html').end('<script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
