import { DataError } from '@residual/data';
import { addressOf, download } from './download.js';
import type { FashionMnistSource, FileName } from './source.js';

// Written out one by one: only so do bundlers see that the files belong to the program and copy them.
const packaged: Record<FileName, URL> = {
  'train-images-idx3-ubyte.gz': new URL('../files/train-images-idx3-ubyte.gz', import.meta.url),
  'train-labels-idx1-ubyte.gz': new URL('../files/train-labels-idx1-ubyte.gz', import.meta.url),
  't10k-images-idx3-ubyte.gz': new URL('../files/t10k-images-idx3-ubyte.gz', import.meta.url),
  't10k-labels-idx1-ubyte.gz': new URL('../files/t10k-labels-idx1-ubyte.gz', import.meta.url),
};

/** The file's bytes, fetched from `baseUrl` or from beside this package's code. */
export async function read(name: FileName, { directory, baseUrl }: FashionMnistSource): Promise<Uint8Array> {
  if (directory !== undefined) {
    throw new DataError('ARGUMENT', {
      where: 'fashionMnist',
      expected: 'no directory, since browsers cannot read folders',
      received: `directory ${directory}`,
      fix: 'Serve the files and give their address as baseUrl.',
    });
  }
  return download(name, baseUrl === undefined ? packaged[name] : addressOf(name, baseUrl));
}
