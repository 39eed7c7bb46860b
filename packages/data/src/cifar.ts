import { type Bytes, bytesOf } from './arrays.js';
import { type PictureDataset, pictureDataset } from './dataset.js';
import { DataError } from './error.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const PICTURE = 3 * PLANE;

/** How one of the two releases lays out its binary version. */
export interface CifarRelease {
  readonly name: 'cifar10' | 'cifar100';
  readonly classes: number;
  /** Bytes before the pixels of each picture; the class is the last of them. */
  readonly labelBytes: number;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The file of class names, one a line. */
  readonly classNames: string;
}

/**
 * The binary versions: records of a label and 32x32 pixels, all red bytes, then green, then blue. CIFAR-100's have two labels, of
 * which the second, the fine one, is taken.
 *
 * Source: A. Krizhevsky, "The CIFAR-10 dataset", section "Binary version".
 */
export const cifarReleases: { readonly cifar10: CifarRelease; readonly cifar100: CifarRelease } = {
  cifar10: {
    name: 'cifar10',
    classes: 10,
    labelBytes: 1,
    train: [
      'data_batch_1.bin',
      'data_batch_2.bin',
      'data_batch_3.bin',
      'data_batch_4.bin',
      'data_batch_5.bin',
    ],
    test: ['test_batch.bin'],
    classNames: 'batches.meta.txt',
  },
  cifar100: {
    name: 'cifar100',
    classes: 100,
    labelBytes: 2,
    train: ['train.bin'],
    test: ['test.bin'],
    classNames: 'fine_label_names.txt',
  },
};

/**
 * The pictures of binary CIFAR files, one after the other, channels last.
 *
 * @param files Their names, for errors, and their bytes; any number of records each.
 * @param name Of the dataset, such as `cifar10/train`.
 * @throws DataError `FORMAT` naming the file when it is no whole number of records, or a label is out of range.
 */
export function cifarPictures(
  files: readonly { name: string; bytes: Bytes }[],
  release: CifarRelease,
  { name, classNames }: { name: string; classNames: readonly string[] },
): PictureDataset {
  const record = release.labelBytes + PICTURE;
  const contents = files.map((file) => requireRecords(file.name, bytesOf(file.bytes, file.name), release));
  const count = contents.reduce((sum, bytes) => sum + bytes.length / record, 0);
  const images = new Uint8Array(count * PICTURE);
  const labels = new Uint8Array(count);
  let picture = 0;
  for (const [i, bytes] of contents.entries()) {
    for (let at = 0; at < bytes.length; at += record, picture++) {
      const label = bytes[at + release.labelBytes - 1]!;
      if (label >= release.classes) throw wrongLabel(files[i]!.name, label, at / record, release.classes);
      labels[picture] = label;
      interleave(bytes, at + release.labelBytes, images, picture * PICTURE);
    }
  }
  return pictureDataset({ name, images, labels, shape: [SIDE, SIDE, 3], classNames });
}

/** Planes of red, green and blue become pixels. */
function interleave(from: Uint8Array, start: number, to: Uint8Array, at: number): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      to[at + 3 * pixel + channel] = from[start + channel * PLANE + pixel]!;
    }
  }
}

function requireRecords(file: string, bytes: Uint8Array, { name, labelBytes }: CifarRelease): Uint8Array {
  const record = labelBytes + PICTURE;
  if (bytes.length > 0 && bytes.length % record === 0) return bytes;
  const [other] = Object.values(cifarReleases).filter((release) => release.name !== name);
  const isOther = bytes.length > 0 && bytes.length % (other!.labelBytes + PICTURE) === 0;
  const isPickle = bytes[0] === 0x80; // pickle's opcode PROTO
  throw new DataError('FORMAT', {
    where: file,
    expected: `records of ${record} bytes, as the binary version of ${name} has them`,
    received: isOther
      ? `those of ${other!.name}`
      : isPickle
        ? 'the version for Python'
        : `${bytes.length} bytes`,
    fix: isOther ? `Read it as ${other!.name}.` : `Download the binary version of ${name} again.`,
  });
}

function wrongLabel(where: string, label: number, position: number, classes: number): DataError {
  return new DataError('FORMAT', {
    where,
    expected: `labels from 0 to ${classes - 1}`,
    received: `${label} at position ${position}`,
    fix: 'Download the file again.',
  });
}
