import { type NpyHeader, npyHeader, WeightsError } from '@residual/weights';
import { type Bytes, bytesOf, type Integers } from './arrays.js';
import { type PictureDataset, pictureDataset } from './dataset.js';
import { DataError } from './error.js';

const INTEGERS = /^[<>|=]?([iu])([1248])$/;

/** An array of NumPy's `.npy` format, in row-major order. */
export interface NpyArray {
  /** The outermost first; `[]` for a single number. */
  readonly shape: readonly number[];
  /** Bytes are a view of the file's; wider integers are numbers of their own. */
  readonly data: Uint8Array | readonly number[];
}

/** How long the beginning is that `npyStart` writes. */
export const NPY_START_BYTES = 128;

/**
 * The beginning of a `.npy` file, version 1, which the elements' bytes follow.
 *
 * Source: NumPy's `numpy/lib/_format_impl.py`, "Format Version 1.0".
 *
 * @param type NumPy's name of the elements' type, such as `<i4`
 * @param shape the outermost first
 * @returns {@link NPY_START_BYTES} bytes
 */
export function npyStart(type: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const magic = '\x93NUMPY\x01\x00';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const bytes = new Uint8Array(NPY_START_BYTES).fill(0x20);
  const rest = NPY_START_BYTES - magic.length - 2;
  const write = (characters: string, at: number) => {
    for (let i = 0; i < characters.length; i++) bytes[at + i] = characters.charCodeAt(i);
  };
  write(magic, 0);
  bytes.set([rest & 255, rest >> 8], magic.length);
  write(text, magic.length + 2);
  bytes[NPY_START_BYTES - 1] = 0x0a;
  return bytes;
}

/**
 * Reads a `.npy` file of integers, version 1 to 3. Nothing in it is executed: arrays of objects, which are pickled, are refused.
 *
 * @param file The file's name, for errors.
 * @throws DataError `FORMAT` when the bytes are anything else, of another type, in column-major order, or fewer or more than the
 *   shape says.
 */
export function readNpy(content: Bytes, file = 'npy data'): NpyArray {
  const bytes = bytesOf(content, file);
  const wrong = (expected: string, received: string, fix = 'Write the array again with numpy.savez.') =>
    new DataError('FORMAT', { where: file, expected, received, fix });
  const { type, shape, dataBegin } = headerOf(bytes, file);
  const integers = INTEGERS.exec(type ?? '');
  if (integers === null) {
    const fix = 'Convert it before saving: pictures with .astype("uint8"), labels with .astype("int64").';
    throw wrong(
      'an array of integers',
      type === undefined ? 'one of several fields' : `the type ${JSON.stringify(type.slice(0, 40))}`,
      fix,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const width = Number(integers[2]);
  const data = bytes.subarray(dataBegin);
  if (data.length !== count * width) {
    throw wrong(`${count * width} bytes of data for the shape (${shape.join(', ')})`, `${data.length}`);
  }
  if (width === 1 && integers[1] === 'u') return { shape, data };
  return { shape, data: numbers(data, integers[1] === 'i', width, type!.startsWith('>')) };
}

function headerOf(bytes: Uint8Array, file: string): NpyHeader {
  try {
    return npyHeader(bytes, file);
  } catch (error) {
    throw error instanceof WeightsError ? new DataError('FORMAT', error, { cause: error }) : error;
  }
}

function numbers(data: Uint8Array, signed: boolean, width: number, bigEndian: boolean): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read: Record<number, (at: number) => number> = {
    1: (at) => view.getInt8(at),
    2: (at) => (signed ? view.getInt16(at, !bigEndian) : view.getUint16(at, !bigEndian)),
    4: (at) => (signed ? view.getInt32(at, !bigEndian) : view.getUint32(at, !bigEndian)),
    8: (at) => Number(signed ? view.getBigInt64(at, !bigEndian) : view.getBigUint64(at, !bigEndian)),
  };
  return Array.from({ length: data.length / width }, (_, i) => read[width]!(i * width));
}

/**
 * Pictures of two arrays, as MedMNIST and Keras save them.
 *
 * @param images [N, H, W] (grey) or [N, H, W, C], C being 1 or 3; bytes.
 * @param labels [N] or [N, 1].
 * @param name For messages and the dataset, such as `pathmnist/train`.
 * @throws DataError `FORMAT` for pictures of another shape or type; `MISMATCH` for several labels a picture, or another number of
 *   them; otherwise as `pictureDataset`.
 */
export function npyPictures(
  images: NpyArray,
  labels: NpyArray,
  { name, classNames }: { name: string; classNames: readonly string[] },
): PictureDataset {
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  const isPictures = images.shape.length === 3 || (images.shape.length === 4 && [1, 3].includes(channels));
  if (!isPictures || !(images.data instanceof Uint8Array)) {
    throw new DataError('FORMAT', {
      where: `${name}: images`,
      expected: 'bytes [N, height, width] or [N, height, width, channels], of 1 or 3 channels',
      received: `[${images.shape.join(', ')}]${isPictures ? ' of other numbers' : ''}`,
      fix: 'Volumes and other channels are not read; save pictures as uint8.',
    });
  }
  if (
    labels.shape.length === 0 ||
    labels.shape.slice(1).some((size) => size !== 1) ||
    labels.shape[0] !== count
  ) {
    throw new DataError('MISMATCH', {
      where: `${name}: labels`,
      expected: `one class number for each of ${count} pictures`,
      received: `[${labels.shape.join(', ')}]`,
      fix: 'Give each picture one class; several at once can not be learnt.',
    });
  }
  return pictureDataset({
    name,
    images: images.data,
    labels: labels.data as Integers,
    shape: [height, width, channels],
    classNames,
  });
}
