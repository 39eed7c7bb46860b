import { byteLength, DTYPES, isDtype, type TensorData } from './dtypes.js';
import { quote, WeightsError, type WeightsErrorCode } from './error.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES, MAX_RANK, MAX_TENSORS } from './limits.js';

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
  if (tensors.size > MAX_TENSORS) {
    throw refusal('tensors', `at most ${MAX_TENSORS}`, `${tensors.size}`, 'LIMIT');
  }
  for (const [name, tensor] of tensors) checkTensor(name, tensor);

  const offsets = new Map<string, number>();
  let dataBytes = 0;
  for (const [name, { data }] of [...tensors].sort(([, a], [, b]) => alignment(b) - alignment(a))) {
    offsets.set(name, dataBytes);
    dataBytes += data.byteLength;
  }

  const header = new TextEncoder().encode(headerText(tensors, offsets, metadata));
  const headerBytes = Math.ceil(header.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw refusal('header', `at most ${MAX_HEADER_BYTES} bytes`, `${headerBytes}`, 'LIMIT');
  }
  const dataStart = LENGTH_BYTES + headerBytes;
  const file = new Uint8Array(dataStart + dataBytes).fill(0x20, LENGTH_BYTES, dataStart);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(header, LENGTH_BYTES);
  for (const [name, { data }] of tensors) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    file.set(bytes, dataStart + offsets.get(name)!);
  }
  return file;
}

function alignment({ dtype }: TensorData): number {
  return DTYPES[dtype].array.BYTES_PER_ELEMENT;
}

/** Joined by hand, because an object would move names such as `"0"` to the front and lose `__proto__`. */
function headerText(
  tensors: ReadonlyMap<string, TensorData>,
  offsets: ReadonlyMap<string, number>,
  metadata: Readonly<Record<string, string>>,
): string {
  const members: string[] = [];
  const pairs = Object.entries(metadata).map(([key, value]) => {
    checkText(`metadata key ${quote(key)}`, key);
    checkText(`metadata ${quote(key)}`, value);
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  if (pairs.length > 0) members.push(`"__metadata__":{${pairs.join()}}`);
  for (const [name, { dtype, shape, data }] of tensors) {
    const begin = offsets.get(name)!;
    const end = begin + data.byteLength;
    const entry = `{"dtype":"${dtype}","shape":[${shape.join()}],"data_offsets":[${begin},${end}]}`;
    members.push(`${JSON.stringify(name)}:${entry}`);
  }
  return `{${members.join()}}`;
}

function checkTensor(name: string, { dtype, shape, data }: TensorData): void {
  const field = `tensor ${quote(name)}`;
  checkText(field, name);
  if (name === '__metadata__') throw refusal(field, 'another name', 'the one that the format reserves');
  if (!isDtype(dtype)) throw refusal(`${field}, dtype`, 'a type of safetensors, such as F32', `${dtype}`);
  const arrayName = DTYPES[dtype].array.name;
  // By name, so that an array from another window or worker counts, and a Node Buffer as the Uint8Array it is.
  if (data[Symbol.toStringTag] !== arrayName) {
    throw refusal(`${field}, data`, `a ${arrayName} for ${dtype}`, `${data[Symbol.toStringTag]}`);
  }
  if (shape.length > MAX_RANK) {
    throw refusal(`${field}, shape`, `at most ${MAX_RANK} dimensions`, `${shape.length}`, 'LIMIT');
  }
  const wanted = shape.every((size) => Number.isSafeInteger(size) && size >= 0) && byteLength(dtype, shape);
  if (wanted !== data.byteLength) {
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
