import { DataError, type DataSplit, defineSource, idxSplit, type Task } from '@residual/data';
import * as v from 'valibot';
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
 * What the pictures teach. Any picture becomes one of them by the steps of `@residual/pictures`; mean and standard
 * deviation are those of the 60,000 training pictures.
 */
export const fashionMnistTask: Task = {
  version: 1,
  picture: { height: 28, width: 28, channels: 1 },
  steps: [{ name: 'grey' }, { name: 'lightOnDark' }, { name: 'fitSubject', height: 28, width: 28 }],
  normalize: { mean: [0.286], standardDeviation: [0.353] },
  classNames,
  data: { name: 'fashion-mnist' },
};

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

/**
 * A row of the source `fashion-mnist`, which `loadSource` of `@residual/data` loads: `{ directory }` or `{ baseUrl }`, or
 * neither for this package's files.
 */
export const fashionMnistSource = defineSource({
  name: 'fashion-mnist',
  parameters: v.strictObject({ directory: v.optional(v.string()), baseUrl: v.optional(v.string()) }),
  load: async (source) => ({ ...(await fashionMnist(source)), task: fashionMnistTask }),
});
