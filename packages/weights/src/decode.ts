import { type TensorData, tensorData } from './dtypes.js';
import { quote, WeightsError, type WeightsErrorCode } from './error.js';
import { type Header, readHeader, type TensorEntry } from './header.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES } from './limits.js';
import type { ByteSource, StoredTensor, WeightsFile } from './stored.js';

export interface Safetensors {
  /** In the order of the file's header. */
  tensors: Map<string, TensorData>;
  /** The `__metadata__` of the file; an object without a prototype, empty when the file has none. */
  metadata: Record<string, string>;
}

/**
 * Reads a safetensors file. Beyond the reference implementation's checks, names that occur twice and unknown
 * fields are refused. Values are not looked at: they may be NaN.
 *
 * Arrays whose place in `bytes` is aligned are views into it, the others copies; so treat both as read-only, and
 * `slice()` what must outlive the file. Assumes a little-endian machine, as all that run JavaScript today are.
 *
 * Source: https://github.com/huggingface/safetensors, README ("Format") and `safetensors/src/tensor.rs`.
 *
 * @param file The file's name, for errors.
 * @throws WeightsError `FORMAT` when the bytes are not such a file, `LIMIT` when its header is larger than 100 MB
 *   or it holds more than 100,000 tensors or 64 dimensions. Nothing else is thrown, whatever the bytes.
 */
export function decodeSafetensors(bytes: Uint8Array, file = 'safetensors'): Safetensors {
  const headerEnd = LENGTH_BYTES + headerLength(bytes, bytes.length, file);
  const { entries, metadata } = checkedHeader(bytes.subarray(LENGTH_BYTES, headerEnd), bytes.length, file);
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, TensorData] => [
    name,
    tensorData(dtype, shape, bytes.subarray(headerEnd + begin, headerEnd + end)),
  ]);
  return { tensors: new Map(tensors), metadata };
}

/**
 * Reads a safetensors file's header, and the values of each tensor when they are asked for.
 *
 * @throws WeightsError as {@link decodeSafetensors}.
 */
export async function openSafetensors(source: ByteSource): Promise<WeightsFile> {
  const { name: file, size } = source;
  const length = await source.read(0, Math.min(LENGTH_BYTES, size));
  const headerEnd = LENGTH_BYTES + headerLength(length, size, file);
  const { entries, metadata } = checkedHeader(await source.read(LENGTH_BYTES, headerEnd), size, file);
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, StoredTensor] => [
    name,
    {
      dtype,
      shape,
      read: async () => tensorData(dtype, shape, await source.read(headerEnd + begin, headerEnd + end)),
    },
  ]);
  return { name: file, format: 'safetensors', tensors: new Map(tensors), metadata };
}

function checkedHeader(header: Uint8Array, size: number, file: string): Header {
  const read = readHeader(headerText(header, file), file);
  checkLayout(read.entries, size - LENGTH_BYTES - header.length, file);
  return read;
}

function failure(
  file: string,
  field: string,
  expected: string,
  received: string,
  code: WeightsErrorCode = 'FORMAT',
) {
  const fix = 'Download or save the file again.';
  return new WeightsError(code, { where: `${file}: ${field}`, expected, received, fix });
}

/** @param bytes the file's first, of `size` */
function headerLength(bytes: Uint8Array, size: number, file: string): number {
  if (size < LENGTH_BYTES) {
    throw failure(file, 'header length', 'a safetensors file of at least 8 bytes', `${size}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = Number(view.getBigUint64(0, true));
  const available = size - LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES && length <= Number.MAX_SAFE_INTEGER) {
    throw failure(file, 'header length', `at most ${MAX_HEADER_BYTES} bytes`, `${length}`, 'LIMIT');
  }
  if (length > available) {
    throw failure(file, 'header length', `at most the ${available} bytes that follow`, `${length}`);
  }
  return length;
}

function headerText(bytes: Uint8Array, file: string): string {
  const header = new Uint8Array(bytes); // a copy, since text decoders refuse shared memory
  if (header[0] !== 0x7b) {
    const received = header[0] === undefined ? 'an empty one' : `the byte 0x${header[0].toString(16)}`;
    throw failure(file, 'header', 'one that begins with {', received);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    throw failure(file, 'header', 'UTF-8', 'other bytes');
  }
}

/** Checks that the tensors fill the data from the first byte to the last: no hole, no overlap, no rest. */
function checkLayout(entries: readonly TensorEntry[], available: number, file: string): void {
  let position = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const field = `tensor ${quote(name)}, data_offsets`;
    if (begin !== position) {
      const problem = begin < position ? 'bytes of another tensor' : 'a hole';
      throw failure(file, field, `data that begin at ${position}`, `${begin}, ${problem}`);
    }
    if (end > available) throw failure(file, field, `an end within the ${available} bytes of data`, `${end}`);
    position = end;
  }
  if (position !== available) {
    throw failure(file, 'data', `${position} bytes, as many as the tensors take`, `${available}`);
  }
}
