import { download } from './download.js';

/** A fixture's bytes, fetched from `fixtures` or from beside this package's code. */
export function read(name: string, fixtures: string | URL | undefined): Promise<Uint8Array> {
  if (fixtures !== undefined)
    return download(new URL(`${name}.safetensors`, new URL(fixtures, location.href)));
  // The pattern by which bundlers see that the files belong to the program.
  return download(new URL(`../fixtures/${name}.safetensors`, import.meta.url));
}
