import { DataError, type DataSplit, idxSplit } from '@residual/data';
import { read } from '#read';
import { type FashionMnistSource, MAX_BYTES, names } from './source.js';

/** The classes in the order of their labels, with the names of Zalando's README. */
export const classNames: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/**
 * Loads Fashion-MNIST: 60,000 pictures to train on and 10,000 to test with, 28x28, grey, light on black.
 * Without arguments the files come from this package. Takes 55 MB of memory; nothing is cached.
 *
 * Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
 * algorithms" (arXiv:1708.07747).
 *
 * @throws DataError naming the file: `NOT_FOUND`, `FORMAT` (damaged, or not 28x28 with labels 0 to 9), `MISMATCH`
 *   (files that do not belong together), `LIMIT`; `ARGUMENT` when both a directory and a baseUrl are given.
 *
 * @example
 * const { train, test } = await fashionMnist();
 */
export async function fashionMnist(source: FashionMnistSource = {}): Promise<DataSplit> {
  if (source.directory !== undefined && source.baseUrl !== undefined) {
    throw new DataError('ARGUMENT', {
      where: 'fashionMnist',
      expected: 'a directory or a baseUrl',
      received: 'both',
      fix: 'Leave one of them out.',
    });
  }
  const files = await Promise.all(names.map(async (name) => ({ name, bytes: await read(name, source) })));
  return idxSplit(files, { name: 'fashion-mnist', size: [28, 28], classNames, maxBytes: MAX_BYTES });
}
