import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from '@residual/data';
import { readIdxFile } from '@residual/data/node';
import { addressOf, download } from './download.js';
import { type FashionMnistSource, type FileName, MAX_BYTES } from './source.js';

/** The file's bytes, fetched from `baseUrl`, or read and unpacked from `directory` or from this package's folder `files`. */
export async function read(name: FileName, { directory, baseUrl }: FashionMnistSource): Promise<Uint8Array> {
  if (baseUrl !== undefined) return download(name, addressOf(name, baseUrl));
  const folder = directory ?? new URL('../files/', import.meta.url);
  const path = join(typeof folder === 'string' ? folder : fileURLToPath(folder), name);
  try {
    return await readIdxFile(path, MAX_BYTES);
  } catch (cause) {
    if (cause instanceof DataError) throw new DataError(cause.code, { ...cause, where: name });
    const reason = (cause as NodeJS.ErrnoException).code ?? cause;
    throw new DataError(
      'NOT_FOUND',
      {
        where: name,
        expected: `the file at ${path}`,
        received: reason === 'ENOENT' ? 'no such file' : `the error ${reason}`,
        fix: 'Reinstall @residual/fashion-mnist, or give the folder of the four .gz files as directory.',
      },
      { cause },
    );
  }
}
