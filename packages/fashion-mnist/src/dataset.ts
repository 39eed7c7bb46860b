import {
  DataError,
  type DataSplit,
  gunzip,
  type PictureDataset,
  pictureDataset,
  readIdxLabels,
  readIdxPictures,
} from '@residual/data';
import { read } from '#read';
import { type FashionMnistSource, type FileName, MAX_BYTES } from './source.js';

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
  const [train, test] = await Promise.all([load('train', source), load('t10k', source)]);
  return { train, test };
}

async function load(part: 'train' | 't10k', source: FashionMnistSource): Promise<PictureDataset> {
  const imagesFile: FileName = `${part}-images-idx3-ubyte.gz`;
  const labelsFile: FileName = `${part}-labels-idx1-ubyte.gz`;
  const [packedImages, packedLabels] = await Promise.all([
    read(imagesFile, source),
    read(labelsFile, source),
  ]);
  const { images, count, shape } = readIdxPictures(unpack(packedImages, imagesFile), {
    file: imagesFile,
    size: [28, 28],
  });
  const labels = readIdxLabels(unpack(packedLabels, labelsFile), {
    file: labelsFile,
    classes: classNames.length,
    count,
  });
  return pictureDataset({ name: `fashion-mnist/${part}`, images, labels, shape, classNames });
}

/**
 * Many servers, Vite's among them, send `x.gz` with `Content-Encoding: gzip`; fetch then unpacks it by itself.
 * An IDX file begins with two zero bytes, which no gzip file does.
 */
function unpack(bytes: Uint8Array, file: FileName): Uint8Array {
  return bytes[0] === 0 && bytes[1] === 0 ? bytes : gunzip(bytes, { maxBytes: MAX_BYTES, file });
}
