import { byteLength, type Dtype, tensorData } from './dtypes.js';
import { quote, WeightsError } from './error.js';
import { MAX_TENSORS } from './limits.js';
import { MOST_NPY_HEADER_BYTES, npyHeader } from './npyHeader.js';
import type { StoredTensor } from './stored.js';
import type { ZipRecord } from './zip/record.js';

const SUFFIX = '.npy';

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
  const start = await record.unpack(Math.min(record.size, MOST_NPY_HEADER_BYTES));
  const { type, shape, dataBegin } = npyHeader(start, where);
  const dtype = dtypeOf(type, where);
  const bytes = byteLength(dtype, shape);
  const shown = `${dtype} of shape [${shape.join(', ')}]`;
  if (bytes === undefined || dataBegin + bytes !== record.size) {
    throw failure(where, `${bytes ?? 'countable'} bytes for ${shown}`, `${record.size - dataBegin}`);
  }
  const read = async () => tensorData(dtype, shape, (await record.unpack()).subarray(dataBegin));
  return { dtype, shape, read };
}

function dtypeOf(type: string | undefined, where: string): Dtype {
  const isLittle = type !== undefined && !type.startsWith('>');
  const name = type?.replace(/^[<|=]/, '') ?? '';
  if (isLittle && Object.hasOwn(TYPES, name)) return TYPES[name]!;
  const received = type === undefined ? 'several fields' : `the type ${quote(type)}`;
  throw failure(where, 'numbers in little-endian order', received, 'Save array.astype("<f4").');
}

function failure(
  where: string,
  expected: string,
  received: string,
  fix = 'Save the file again with numpy.savez.',
): WeightsError {
  return new WeightsError('FORMAT', { where, expected, received, fix });
}
