import { permutation } from '@residual/random';
import { DataError } from './errors.js';

/** Class numbers from 0; the type only says how many bytes each takes. */
export type Labels = Uint8Array | Uint16Array | Uint32Array;

export type PictureShape = readonly [height: number, width: number, channels: number];

/** Labelled pictures of one size, held as plain bytes. Treat one as a value: nothing here writes into it. */
export interface PictureDataset {
  /** For messages, such as `fashion-mnist/train`. */
  readonly name: string;
  /** N * H * W * C bytes, one picture after another, row by row, channels last. */
  readonly images: Uint8Array;
  /** N class numbers, indices into `classNames`. */
  readonly labels: Labels;
  readonly shape: PictureShape;
  /** N */
  readonly length: number;
  readonly classNames: readonly string[];
}

/** Pictures to train on and pictures to judge by. */
export interface DataSplit<P = PictureDataset> {
  readonly train: P;
  readonly test: P;
}

/**
 * Makes a dataset from its parts and checks that they belong together.
 *
 * @throws DataError `MISMATCH` when there is not one label and one whole picture for each other, `FORMAT` when a
 *   label has no class name, `ARGUMENT` for an impossible shape.
 */
export function pictureDataset(parts: Omit<PictureDataset, 'length'>): PictureDataset {
  const { name, images, labels, shape, classNames } = parts;
  if (!shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new DataError('ARGUMENT', {
      where: name,
      expected: 'a shape of positive integers [height, width, channels]',
      received: `[${shape.join(', ')}]`,
      fix: 'Give the shape of one picture.',
    });
  }
  const pictureBytes = shape[0] * shape[1] * shape[2];
  if (images.length !== labels.length * pictureBytes) {
    throw new DataError('MISMATCH', {
      where: name,
      expected: `${labels.length * pictureBytes} bytes of pictures for ${labels.length} labels`,
      received: `${images.length}`,
      fix: `One picture of [${shape.join(', ')}] takes ${pictureBytes} bytes; give one for each label.`,
    });
  }
  const wrong = labels.findIndex((label) => label >= classNames.length);
  if (wrong >= 0) {
    throw new DataError('FORMAT', {
      where: name,
      expected: `labels below ${classNames.length}, the number of class names`,
      received: `${labels[wrong]} at position ${wrong}`,
      fix: 'Name every class, or correct the labels.',
    });
  }
  return { name, images, labels, shape, length: labels.length, classNames };
}

/**
 * The first `count` examples, or all when there are fewer: for a quick try. Shares the bytes of `dataset`.
 *
 * @throws DataError `ARGUMENT` unless `count` is a positive integer.
 */
export function limit(dataset: PictureDataset, count: number): PictureDataset {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DataError('ARGUMENT', {
      where: 'limit',
      expected: 'a number of examples of at least 1',
      received: `${count}`,
      fix: 'Leave the limit out to use all of them.',
    });
  }
  const length = Math.min(count, dataset.length);
  const [height, width, channels] = dataset.shape;
  return {
    ...dataset,
    images: dataset.images.subarray(0, length * height * width * channels),
    labels: dataset.labels.subarray(0, length),
    length,
  };
}

/**
 * Holds out `heldOut` examples drawn at random, for choosing settings without looking at the test set.
 * Both parts are copies, in random order; which example goes where depends only on the length and `seed`.
 *
 * @returns `train` with the rest, and `test` with the held-out examples.
 * @throws DataError `ARGUMENT` unless both parts would hold at least one example.
 */
export function split(dataset: PictureDataset, heldOut: number, seed: number): DataSplit {
  if (!Number.isSafeInteger(heldOut) || heldOut < 1 || heldOut >= dataset.length) {
    throw new DataError('ARGUMENT', {
      where: `split of ${dataset.name}`,
      expected: `from 1 to ${dataset.length - 1} examples to hold out`,
      received: `${heldOut}`,
      fix: 'Leave at least one example on each side.',
    });
  }
  const order = permutation({ seed, purpose: 'split' }, dataset.length);
  return {
    train: select(dataset, order.subarray(heldOut), `${dataset.name}/rest`),
    test: select(dataset, order.subarray(0, heldOut), `${dataset.name}/held-out`),
  };
}

function select(dataset: PictureDataset, indices: Uint32Array, name: string): PictureDataset {
  const pictureBytes = dataset.shape[0] * dataset.shape[1] * dataset.shape[2];
  const images = new Uint8Array(indices.length * pictureBytes);
  indices.forEach((index, position) => {
    images.set(
      dataset.images.subarray(index * pictureBytes, (index + 1) * pictureBytes),
      position * pictureBytes,
    );
  });
  const labels = dataset.labels.slice(0, indices.length); // of the same type
  indices.forEach((index, position) => {
    labels[position] = dataset.labels[index]!;
  });
  return { ...dataset, name, images, labels, length: indices.length };
}
