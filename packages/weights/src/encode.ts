import { byteLength, DTYPES, isDtype, type TensorData } from './dtypes.js';
import { quote, WeightsError, type WeightsErrorCode } from './error.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES, MAX_RANK, MAX_TENSORS } from './limits.js';
import type { StoredTensor } from './stored.js';

type Described = Pick<TensorData, 'dtype' | 'shape'>;

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Writes a safetensors file. The same arguments give the same bytes: the header lists the tensors in the order of
 * the map, and is padded with spaces to a multiple of 8. In the data, tensors of larger elements come first, so
 * that every one is aligned; tensors of one element size keep the order of the map.
 *
 * @param metadata Kept as the file's `__metadata__`.
 * @throws WeightsError `ARGUMENT` for a name or value that the format cannot hold, or a shape that does not fit its
 *   data; `LIMIT` for more than the decoder accepts.
 *
 * @example
 * const bytes = encodeSafetensors(new Map([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]));
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const [name, tensor] of tensors) checkData(name, tensor);
  const { header, dataBytes, order } = layoutOf(tensors, metadata);
  const file = new Uint8Array(header.length + dataBytes);
  file.set(header);
  let position = header.length;
  for (const name of order) {
    const bytes = bytesOf(tensors.get(name)!.data);
    file.set(bytes, position);
    position += bytes.length;
  }
  return file;
}

/**
 * {@link encodeSafetensors} piece by piece, so that one tensor at a time is in memory: tensors are read when they are written.
 *
 * @throws WeightsError as `encodeSafetensors`, before the first piece, and whatever reading a tensor throws.
 *
 * @example
 * for await (const bytes of streamSafetensors(file.tensors)) await output.write(bytes);
 */
export async function* streamSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array<ArrayBufferLike>> {
  const { header, order } = layoutOf(tensors, metadata);
  yield header;
  for (const name of order) {
    const { dtype, shape, read } = tensors.get(name)!;
    const tensor = await read();
    checkData(name, { ...tensor, dtype, shape } as TensorData);
    yield bytesOf(tensor.data);
  }
}

interface Layout {
  /** With its length before it, padded. */
  header: Uint8Array<ArrayBuffer>;
  dataBytes: number;
  /** The names in the order of their data. */
  order: string[];
}

function layoutOf(
  tensors: ReadonlyMap<string, Described>,
  metadata: Readonly<Record<string, string>>,
): Layout {
  if (tensors.size > MAX_TENSORS) {
    throw refusal('tensors', `at most ${MAX_TENSORS}`, `${tensors.size}`, 'LIMIT');
  }
  const sizes = new Map([...tensors].map(([name, tensor]) => [name, checkedSize(name, tensor)]));
  const order = [...tensors].sort(([, a], [, b]) => alignment(b) - alignment(a)).map(([name]) => name);
  const offsets = new Map<string, readonly [begin: number, end: number]>();
  let dataBytes = 0;
  for (const name of order) {
    const end = dataBytes + sizes.get(name)!;
    offsets.set(name, [dataBytes, end]);
    dataBytes = end;
  }
  const text = new TextEncoder().encode(headerText(tensors, offsets, metadata));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw refusal('header', `at most ${MAX_HEADER_BYTES} bytes`, `${headerBytes}`, 'LIMIT');
  }
  const header = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20, LENGTH_BYTES);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerBytes), true);
  header.set(text, LENGTH_BYTES);
  return { header, dataBytes, order };
}

function bytesOf({ buffer, byteOffset, byteLength }: TensorData['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function alignment({ dtype }: Described): number {
  return DTYPES[dtype].array.BYTES_PER_ELEMENT;
}

/** Joined by hand, because an object would move names such as `"0"` to the front and lose `__proto__`. */
function headerText(
  tensors: ReadonlyMap<string, Described>,
  offsets: ReadonlyMap<string, readonly [begin: number, end: number]>,
  metadata: Readonly<Record<string, string>>,
): string {
  const members: string[] = [];
  const pairs = Object.entries(metadata).map(([key, value]) => {
    checkText(`metadata key ${quote(key)}`, key);
    checkText(`metadata ${quote(key)}`, value);
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  if (pairs.length > 0) members.push(`"__metadata__":{${pairs.join()}}`);
  for (const [name, { dtype, shape }] of tensors) {
    const entry = `{"dtype":"${dtype}","shape":[${shape.join()}],"data_offsets":[${offsets.get(name)!.join()}]}`;
    members.push(`${JSON.stringify(name)}:${entry}`);
  }
  return `{${members.join()}}`;
}

/** The bytes that a tensor takes. */
function checkedSize(name: string, { dtype, shape }: Described): number {
  const field = `tensor ${quote(name)}`;
  checkText(field, name);
  if (name === '__metadata__') throw refusal(field, 'another name', 'the one that the format reserves');
  if (!isDtype(dtype)) throw refusal(`${field}, dtype`, 'a type of safetensors, such as F32', `${dtype}`);
  if (shape.length > MAX_RANK) {
    throw refusal(`${field}, shape`, `at most ${MAX_RANK} dimensions`, `${shape.length}`, 'LIMIT');
  }
  const isShape = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const size = isShape ? byteLength(dtype, shape) : undefined;
  if (size === undefined) {
    throw refusal(
      `${field}, shape`,
      'a countable number of whole bytes',
      `${dtype} of [${shape.join(', ')}]`,
    );
  }
  return size;
}

function checkData(name: string, { dtype, shape, data }: TensorData): void {
  const size = checkedSize(name, { dtype, shape });
  const field = `tensor ${quote(name)}`;
  const arrayName = DTYPES[dtype].array.name;
  // By name, so that an array from another window or worker counts, and a Node Buffer as the Uint8Array it is.
  if (data[Symbol.toStringTag] !== arrayName) {
    throw refusal(`${field}, data`, `a ${arrayName} for ${dtype}`, `${data[Symbol.toStringTag]}`);
  }
  if (size !== data.byteLength) {
    throw refusal(
      `${field}, shape`,
      `one that takes the ${data.byteLength} bytes of its data`,
      `${dtype} of [${shape.join(', ')}]`,
    );
  }
}

function checkText(field: string, text: string): void {
  if (typeof text !== 'string') throw refusal(field, 'a string', typeof text);
  if (LONE_SURROGATE.test(text)) throw refusal(field, 'text that UTF-8 can hold', 'half of a surrogate pair');
}

function refusal(field: string, expected: string, received: string, code: WeightsErrorCode = 'ARGUMENT') {
  const fix = 'Correct what is passed to encodeSafetensors.';
  return new WeightsError(code, { where: `encodeSafetensors: ${field}`, expected, received, fix });
}
