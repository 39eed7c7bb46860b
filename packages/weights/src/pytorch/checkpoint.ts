import { DTYPES, tensorData } from '../dtypes.js';
import { quote, WeightsError } from '../error.js';
import { MAX_TENSORS } from '../limits.js';
import type { StoredTensor, WeightsFile } from '../stored.js';
import { type Storage, TorchTensor } from './rebuild.js';

/** Where training scripts put the state dict, the averaged weights first, as timm does. */
const ENTRIES = ['state_dict_ema', 'model_ema', 'state_dict', 'model_state_dict', 'model'];

/** Reads bytes of a storage. */
export type ReadStorage = (key: string, begin: number, end: number) => Promise<Uint8Array>;

/**
 * The tensors of what `torch.save` was given: a state dict, or a checkpoint with one inside.
 *
 * @throws WeightsError `FORMAT` when there is none.
 */
export function tensorsOf(
  value: unknown,
  read: ReadStorage,
  file: string,
): Pick<WeightsFile, 'tensors' | 'inside'> {
  if (hasTensors(value)) return { tensors: storedOf(value, read, file) };
  const entries = value instanceof Map ? value : new Map<unknown, unknown>();
  for (const inside of ENTRIES) {
    const found = entries.get(inside);
    if (hasTensors(found)) return { tensors: storedOf(found, read, file), inside };
  }
  const names = [...entries.keys()].slice(0, 8).map((key) => quote(String(key)));
  throw new WeightsError('FORMAT', {
    where: file,
    expected: `a state dict, or one under ${ENTRIES.join(', ')}`,
    received: names.length > 0 ? names.join(', ') : 'something else',
    fix: 'Save model.state_dict() alone.',
  });
}

function hasTensors(value: unknown): value is Map<unknown, unknown> {
  return value instanceof Map && [...value.values()].some((entry) => entry instanceof TorchTensor);
}

function storedOf(dict: Map<unknown, unknown>, read: ReadStorage, file: string): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of dict) {
    if (typeof name === 'string' && value instanceof TorchTensor) tensors.set(name, stored(value, read));
  }
  if (tensors.size <= MAX_TENSORS) return tensors;
  const fix = 'Save fewer tensors in one file.';
  throw new WeightsError('LIMIT', {
    where: file,
    expected: `at most ${MAX_TENSORS} tensors`,
    received: `${tensors.size}`,
    fix,
  });
}

function stored({ storage, offset, shape, stride }: TorchTensor, read: ReadStorage): StoredTensor {
  const { dtype } = storage;
  return {
    dtype,
    shape,
    read: async () => {
      if (shape.includes(0)) return tensorData(dtype, shape, new Uint8Array(0));
      const { array } = DTYPES[dtype];
      const bytes = array.BYTES_PER_ELEMENT;
      const last = shape.reduce((end, size, i) => end + (size - 1) * stride[i]!, 0);
      const span = await read(storage.key, offset * bytes, (offset + last + 1) * bytes);
      if (isContiguous(shape, stride)) return tensorData(dtype, shape, span);
      const given = tensorData(dtype, [last + 1], span);
      return tensorData(dtype, shape, inOrder(given.data, shape, stride, bytes));
    },
  };
}

/** Whether the elements lie in row-major order without gaps; an axis of one element may have any stride. */
function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

type Elements = ArrayLike<number | bigint> & Pick<Uint8Array, 'buffer' | 'byteOffset' | 'byteLength'>;

/** The bytes of the elements in row-major order. */
function inOrder(
  data: Elements,
  shape: readonly number[],
  stride: readonly number[],
  bytes: number,
): Uint8Array {
  const from = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const to = new Uint8Array(shape.reduce((product, size) => product * size, bytes));
  const index = shape.map(() => 0);
  let place = 0;
  for (let at = 0; at < to.length; at += bytes) {
    for (let byte = 0; byte < bytes; byte++) to[at + byte] = from[place * bytes + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      place += stride[axis]!;
      if (index[axis]! < shape[axis]!) break;
      place -= index[axis]! * stride[axis]!;
      index[axis] = 0;
    }
  }
  return to;
}

/** The bytes of a whole storage. */
export function bytesOf({ dtype, length }: Storage): number {
  return length * DTYPES[dtype].array.BYTES_PER_ELEMENT;
}
