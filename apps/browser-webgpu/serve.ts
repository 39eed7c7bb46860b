import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { isolation } from '@residual/browser/isolation';
import { preview } from 'vite';

export interface Site {
  url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** 0: any that is free. */
  port: number;
  /** Whether to send the headers that threads need; a static host may not. */
  isIsolated?: boolean;
}

/** Serves the built page on localhost. A port that is in use makes way for the next one. */
export async function serve({ port, isIsolated = true }: ServeOptions): Promise<Site> {
  const server = await preview({
    root: import.meta.dirname,
    appType: 'mpa', // what isn't there is not the page
    logLevel: 'error',
    preview: { host: 'localhost', port, open: false, headers: isIsolated ? isolation : {} },
  });
  const { port: taken } = server.httpServer.address() as AddressInfo;
  return { url: `http://localhost:${taken}/`, close: () => server.close() };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '4173' } } });
  const { url } = await serve({ port: Number(values.port) });
  console.log(`Residual's demo: ${url}  (Ctrl-C ends it)`);
}
