import { permutation } from '@residual/random';
import { type Bytes, bytesOf, describe, type Integers, labelsOf } from './arrays.js';
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

/** What a dataset is made of: its arrays may come in other types than it keeps. */
export interface PictureParts extends Omit<PictureDataset, 'length' | 'images' | 'labels'> {
  readonly images: Bytes;
  readonly labels: Integers;
}

/**
 * Makes a dataset from its parts and checks that they belong together. Bytes stay the caller's, not copied; labels of another
 * type than `Labels` become the smallest that holds the number of classes.
 *
 * @throws DataError `MISMATCH` when there is not one label and one whole picture for each other, `FORMAT` when a label is no
 *   whole number or has no class name, `ARGUMENT` for an array of another kind, an impossible shape, or no picture at all.
 */
export function pictureDataset({ name, images, labels, shape, classNames }: PictureParts): PictureDataset {
  requireShape(shape, name);
  requireClassNames(classNames, name);
  const bytes = bytesOf(images, `${name}: images`, 'images');
  const pictureBytes = shape[0] * shape[1] * shape[2];
  const kept = labelsOf(labels, classNames.length, name);
  const count = kept.length;
  if (bytes.length !== count * pictureBytes) {
    const oneHot = bytes.length * classNames.length === count * pictureBytes;
    throw new DataError('MISMATCH', {
      where: name,
      expected: `${count * pictureBytes} bytes of pictures for ${count} labels`,
      received: `${bytes.length}`,
      fix: oneHot
        ? `These look like one-hot rows: give the number of each picture's class instead.`
        : `One picture of [${shape.join(', ')}] takes ${pictureBytes} bytes; give one for each label.`,
    });
  }
  if (count === 0) {
    throw new DataError('ARGUMENT', {
      where: name,
      expected: 'at least one picture',
      received: 'none',
      fix: 'Check where the pictures come from.',
    });
  }
  return {
    name,
    images: bytes,
    labels: kept,
    shape,
    length: count,
    classNames,
  };
}

function requireShape(shape: PictureShape, name: string): void {
  const isShape =
    Array.isArray(shape) &&
    shape.length === 3 &&
    shape.every((side) => Number.isSafeInteger(side) && side > 0);
  if (isShape && Number.isSafeInteger(shape[0] * shape[1] * shape[2])) return;
  throw new DataError('ARGUMENT', {
    where: name,
    expected: 'a shape of positive integers [height, width, channels]',
    received: Array.isArray(shape) ? `[${shape.join(', ')}]` : describe(shape),
    fix: 'Give the shape of one picture.',
  });
}

function requireClassNames(classNames: readonly string[], name: string): void {
  const isNames = Array.isArray(classNames) && classNames.every((className) => typeof className === 'string');
  if (isNames && classNames.length > 0) return;
  throw new DataError('ARGUMENT', {
    where: `${name}: classNames`,
    expected: 'an array of names, one for each class',
    received: isNames
      ? 'an empty one'
      : Array.isArray(classNames)
        ? `one that holds ${describe(classNames.find((className) => typeof className !== 'string'))}`
        : describe(classNames),
    fix: 'Name the classes in the order of their numbers.',
  });
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
