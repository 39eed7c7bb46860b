import { readFile } from 'node:fs/promises';
import { download } from './download.js';
import { ConformanceError } from './error.js';

/** A fixture's bytes, from `fixtures` (`file:` or `http(s):`) or from this package's folder. */
export async function read(name: string, fixtures: string | URL | undefined): Promise<Uint8Array> {
  const folder = fixtures ?? new URL('../fixtures/', import.meta.url);
  const url = new URL(`${name}.safetensors`, folder);
  if (url.protocol !== 'file:') return download(url);
  try {
    return await readFile(url);
  } catch (cause) {
    throw new ConformanceError(
      'FIXTURE',
      {
        where: url.href,
        expected: 'a fixture',
        received: cause instanceof Error ? cause.message : String(cause),
        fix: 'Reinstall @residual/conformance, or name the folder with the option `fixtures`, ending in a slash.',
      },
      { cause },
    );
  }
}
