import { type Bytes, bytesOf, describe, type Integers, type Labels, labelsOf } from './arrays.js';
import { DataError } from './error.js';

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
