import { byteLength, type Dtype, tensorData } from './dtypes.js';
import { quote, WeightsError } from './error.js';
import { MAX_RANK, MAX_TENSORS } from './limits.js';
import type { StoredTensor } from './stored.js';
import type { ZipRecord } from './zip/record.js';

const MAGIC = '\x93NUMPY';
const SUFFIX = '.npy';
/** Magic, version, and the length of the rest of the header. */
const START_BYTES = 12;
const MOST_HEADER = 65_536;

/** NumPy's name of each type, little-endian, and ours. */
const TYPES: Readonly<Record<string, Dtype>> = {
  f2: 'F16',
  f4: 'F32',
  f8: 'F64',
  i1: 'I8',
  i2: 'I16',
  i4: 'I32',
  i8: 'I64',
  u1: 'U8',
  u2: 'U16',
  u4: 'U32',
  u8: 'U64',
  b1: 'BOOL',
  c8: 'C64',
};

/** Whether a zip file's records are arrays, as `numpy.savez` writes them. */
export function isNpz(records: ReadonlyMap<string, ZipRecord>): boolean {
  return records.size > 0 && [...records.keys()].every((name) => name.endsWith(SUFFIX));
}

/**
 * The arrays of an `.npz` file by name. Nothing in it is executed: arrays of objects, which are pickled, are refused.
 *
 * Source: NumPy's `numpy/lib/_format_impl.py`, "Format Version 1.0".
 *
 * @throws WeightsError `FORMAT` for arrays of other types, big-endian, in column-major order, or with more or fewer bytes than
 *   their shape takes.
 */
export async function openNpz(
  records: ReadonlyMap<string, ZipRecord>,
  file: string,
): Promise<Map<string, StoredTensor>> {
  if (records.size > MAX_TENSORS) {
    const fix = 'Save fewer arrays in one file.';
    throw new WeightsError('LIMIT', {
      where: file,
      expected: `at most ${MAX_TENSORS} arrays`,
      received: `${records.size}`,
      fix,
    });
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, record] of records) {
    tensors.set(name.slice(0, -SUFFIX.length), await storedArray(record, `${file}: array ${quote(name)}`));
  }
  return tensors;
}

async function storedArray(record: ZipRecord, where: string): Promise<StoredTensor> {
  const start = await record.unpack(Math.min(record.size, START_BYTES + MOST_HEADER));
  const { dtype, shape, dataBegin } = npyHeader(start, where);
  const bytes = byteLength(dtype, shape);
  const shown = `${dtype} of shape [${shape.join(', ')}]`;
  if (bytes === undefined || dataBegin + bytes !== record.size) {
    throw failure(where, `${bytes ?? 'countable'} bytes for ${shown}`, `${record.size - dataBegin}`);
  }
  const read = async () => tensorData(dtype, shape, (await record.unpack()).subarray(dataBegin));
  return { dtype, shape, read };
}

function npyHeader(bytes: Uint8Array, where: string): { dtype: Dtype; shape: number[]; dataBegin: number } {
  const version = bytes[6] ?? 0;
  if (
    String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC ||
    bytes.length < START_BYTES ||
    version < 1 ||
    version > 3
  ) {
    throw failure(where, 'the .npy format, version 1 to 3', 'something else');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = version === 1 ? 10 : START_BYTES;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (begin + length > bytes.length)
    throw failure(where, 'a header that is in the file', `one of ${length} bytes`);
  const header = new TextDecoder().decode(new Uint8Array(bytes.subarray(begin, begin + length)));
  const type = /'descr'\s*:\s*'([^']{1,20})'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]{0,2000})\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined)
    throw failure(where, 'a header with descr, fortran_order and shape', 'another');
  const dtype = type?.startsWith('>') ? undefined : TYPES[type?.replace(/^[<|=]/, '') ?? ''];
  if (dtype === undefined) {
    const fix = 'Save numbers, little-endian: array.astype("float32").';
    throw failure(
      where,
      'numbers in little-endian order',
      type === undefined ? 'fields or objects' : `the type ${quote(type)}`,
      fix,
    );
  }
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  if (shape.length > MAX_RANK) throw failure(where, `at most ${MAX_RANK} dimensions`, `${shape.length}`);
  if (order === 'True' && shape.filter((size) => size > 1).length > 1) {
    throw failure(
      where,
      'an array in row-major order',
      'column-major',
      'Save numpy.ascontiguousarray(array).',
    );
  }
  return { dtype, shape, dataBegin: begin + length };
}

function failure(
  where: string,
  expected: string,
  received: string,
  fix = 'Save the file again with numpy.savez.',
): WeightsError {
  return new WeightsError('FORMAT', { where, expected, received, fix });
}
