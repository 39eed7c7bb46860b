import { quote, WeightsError } from './error.js';
import { MAX_RANK } from './limits.js';

const MAGIC = '\x93NUMPY';
/** Magic, version, and the length of the rest, which takes 2 bytes in version 1. */
const START_BYTES = 12;
/** What `numpy.savez` writes takes 128; headers of this size are made to fill memory. */
const MOST_HEADER = 65_536;

/** As many bytes as a `.npy` header can take. */
export const MOST_NPY_HEADER_BYTES = START_BYTES + MOST_HEADER;

/** What the header of a `.npy` array says. */
export interface NpyHeader {
  /** NumPy's name of the elements' type, such as `<f4`; undefined for arrays of several fields. */
  type: string | undefined;
  /** The outermost first; `[]` for a single number. */
  shape: readonly number[];
  /** Where the elements begin. */
  dataBegin: number;
}

/**
 * Reads the header of an array in NumPy's `.npy` format, version 1 to 3.
 *
 * Source: NumPy's `numpy/lib/_format_impl.py`, "Format Version 1.0".
 *
 * @param bytes the file, or its first {@link MOST_NPY_HEADER_BYTES}
 * @param where The file's name, for errors.
 * @throws WeightsError `FORMAT` for another kind of file, a header that isn't whole, and arrays in column-major order.
 */
export function npyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const wrong = (expected: string, received: string, fix = 'Write the array again with numpy.savez.') =>
    new WeightsError('FORMAT', { where, expected, received, fix });
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  const version = bytes[6]!;
  if (start !== MAGIC || bytes.length < START_BYTES || version < 1 || version > 3) {
    const received = start === MAGIC ? `version ${version}` : 'another kind of file';
    throw wrong('an array in the .npy format, version 1 to 3', received);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = version === 1 ? 10 : START_BYTES;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER || begin + length > bytes.length) {
    throw wrong('a header that is in the file', `one of ${length} bytes`);
  }
  const header = new TextDecoder().decode(new Uint8Array(bytes.subarray(begin, begin + length)));
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined) {
    throw wrong('a header with descr, fortran_order and shape', quote(header));
  }
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  if (shape.length > MAX_RANK) throw wrong(`at most ${MAX_RANK} dimensions`, `${shape.length}`);
  if (order === 'True' && shape.filter((size) => size > 1).length > 1) {
    throw wrong('an array in row-major order', 'column-major', 'Save numpy.ascontiguousarray(array).');
  }
  return { type, shape, dataBegin: begin + length };
}
