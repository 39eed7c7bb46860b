import { type Bytes, bytesOf } from './arrays.js';
import type { PictureShape } from './dataset.js';
import { DataError } from './error.js';

const UNSIGNED_BYTE = 0x08;
const FIX = 'Download or copy the file again.';

/** An array of unsigned bytes in row-major order. */
export interface IdxArray {
  /** The outermost first, such as `[60000, 28, 28]`. */
  dimensions: number[];
  /** A view of the file's bytes, not a copy. */
  data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, the element type 0x08, the number of dimensions, each
 * dimension as a big-endian 32-bit integer, then the data.
 *
 * Source: Y. LeCun, "The MNIST database", section "file formats".
 *
 * @param file The file's name, for errors.
 * @throws DataError `FORMAT` when the bytes are anything else, or fewer or more than the dimensions say; `ARGUMENT` for anything
 *   but bytes.
 */
export function readIdx(content: Bytes, file = 'IDX data'): IdxArray {
  const bytes = bytesOf(content, file);
  const { dimensions, start, length } = idxHeader(bytes, file);
  if (bytes.length - start !== length) throw wrongLength(file, dimensions, length, `${bytes.length - start}`);
  return { dimensions, data: bytes.subarray(start) };
}

/**
 * What the beginning of an IDX file says of it.
 *
 * @returns the dimensions, where the data begin, and how many bytes they are
 * @throws DataError `FORMAT` as `readIdx`, but for the number of bytes
 */
export function idxHeader(
  bytes: Uint8Array,
  file: string,
): { dimensions: number[]; start: number; length: number } {
  const wrong = (expected: string, received: string) =>
    new DataError('FORMAT', { where: file, expected, received, fix: FIX });
  if (bytes.length < 4) throw wrong('an IDX file with a 4-byte magic number', `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const type = bytes[2];
  const rank = bytes[3]!;
  if (magic >>> 16 !== 0) throw wrong('an IDX file, which begins with two zero bytes', `magic ${hex(magic)}`);
  if (type !== UNSIGNED_BYTE) throw wrong('unsigned bytes (element type 0x08)', `magic ${hex(magic)}`);
  if (rank === 0) throw wrong('at least one dimension', `magic ${hex(magic)}`);

  const start = 4 + 4 * rank;
  if (bytes.length < start) throw wrong(`a header of ${start} bytes`, `a file of ${bytes.length}`);
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (dimensions.includes(0)) throw wrong('dimensions above zero', shapeOf(dimensions));
  return { dimensions, start, length: dimensions.reduce((product, dimension) => product * dimension, 1) };
}

const shapeOf = (dimensions: readonly number[]) => `[${dimensions.join(', ')}]`;

export function wrongLength(
  where: string,
  dimensions: readonly number[],
  length: number,
  received: string,
): DataError {
  const expected = `${length} bytes of data for the dimensions ${shapeOf(dimensions)}`;
  return new DataError('FORMAT', { where, expected, received, fix: FIX });
}

export interface IdxPictures {
  /** N * H * W * C bytes, a view of the file's. */
  images: Uint8Array;
  count: number;
  /** `[H, W, C]` */
  shape: PictureShape;
}

/**
 * Reads an IDX file of pictures: grey `[N, H, W]`, or with channels last `[N, H, W, C]`, C being 1 (grey) or 3 (red, green, blue).
 *
 * @param options.size The height and width that the pictures must have.
 * @throws DataError `FORMAT` as `readIdx`, and for another size or number of channels; `MISMATCH` when the file holds labels.
 */
export function readIdxPictures(
  bytes: Bytes,
  { file = 'IDX pictures', size }: { file?: string; size?: readonly [height: number, width: number] } = {},
): IdxPictures {
  const { dimensions, data } = readIdx(bytes, file);
  const [count = 0, height = 0, width = 0, channels = 1] = dimensions;
  if (dimensions.length !== 3 && dimensions.length !== 4) {
    throw wrongRank(file, 'pictures, an IDX file of 3 or 4 dimensions', dimensions);
  }
  if (channels !== 1 && channels !== 3) {
    throw new DataError('FORMAT', {
      where: file,
      expected: 'pictures of 1 or 3 channels, the last of the dimensions',
      received: `${channels} (${dimensions.join(' x ')})`,
      fix: 'Write the pictures as [N, height, width, channels].',
    });
  }
  if (size && (height !== size[0] || width !== size[1])) {
    throw new DataError('FORMAT', {
      where: file,
      expected: `pictures of ${size[0]}x${size[1]}`,
      received: `${height}x${width}`,
      fix: 'Use the files of the data set named, or resize the pictures first.',
    });
  }
  return { images: data, count, shape: [height, width, channels] };
}

/**
 * Reads an IDX file of class labels, `[N]`.
 *
 * @param options.classes Every label must be below this. Default 256: any byte.
 * @param options.count The number of labels there must be: that of the pictures.
 * @throws DataError `FORMAT` as `readIdx`, and for a label out of range; `MISMATCH` when the file holds pictures
 *   or another number of labels.
 */
export function readIdxLabels(
  bytes: Bytes,
  { file = 'IDX labels', classes = 256, count }: { file?: string; classes?: number; count?: number } = {},
): Uint8Array {
  const { dimensions, data } = readIdx(bytes, file);
  if (dimensions.length !== 1) throw wrongRank(file, 'labels, an IDX file of 1 dimension', dimensions);
  if (count !== undefined && data.length !== count) {
    throw new DataError('MISMATCH', {
      where: file,
      expected: `${count} labels, one a picture`,
      received: `${data.length}`,
      fix: 'Take the pictures and the labels from the same release of the data set.',
    });
  }
  const wrong = data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DataError('FORMAT', {
      where: file,
      expected: `labels from 0 to ${classes - 1}`,
      received: `${data[wrong]} at position ${wrong}`,
      fix: 'Name every class in classNames, or correct the labels.',
    });
  }
  return data;
}

function wrongRank(file: string, expected: string, dimensions: readonly number[]): DataError {
  return new DataError('MISMATCH', {
    where: file,
    expected,
    received: `one of ${dimensions.length} (${dimensions.join(' x ')})`,
    fix: 'Check that the files of pictures and of labels are not swapped.',
  });
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}
