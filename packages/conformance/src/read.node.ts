import { readFile } from 'node:fs/promises';
import { download } from './download.js';

/** A fixture's bytes, from `fixtures` (`file:` or `http(s):`) or from this package's folder. */
export async function read(name: string, fixtures: string | URL | undefined): Promise<Uint8Array> {
  const folder = fixtures ?? new URL('../fixtures/', import.meta.url);
  const url = new URL(`${name}.safetensors`, folder);
  return url.protocol === 'file:' ? readFile(url) : download(url);
}
