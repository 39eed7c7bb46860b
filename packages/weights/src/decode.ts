import { DTYPES, type TensorData } from './dtypes.js';
import { quote, WeightsError, type WeightsErrorCode } from './error.js';
import { readHeader, type TensorEntry } from './header.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES } from './limits.js';

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
  const headerEnd = LENGTH_BYTES + headerLength(bytes, file);
  const { entries, metadata } = readHeader(headerText(bytes, headerEnd, file), file);
  checkLayout(entries, bytes.length - headerEnd, file);
  const tensors = new Map(entries.map((entry) => [entry.name, tensorOf(entry, bytes, headerEnd)]));
  return { tensors, metadata };
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

function headerLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw failure(file, 'header length', 'a safetensors file of at least 8 bytes', `${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = Number(view.getBigUint64(0, true));
  const available = bytes.length - LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES && length <= Number.MAX_SAFE_INTEGER) {
    throw failure(file, 'header length', `at most ${MAX_HEADER_BYTES} bytes`, `${length}`, 'LIMIT');
  }
  if (length > available) {
    throw failure(file, 'header length', `at most the ${available} bytes that follow`, `${length}`);
  }
  return length;
}

function headerText(bytes: Uint8Array, headerEnd: number, file: string): string {
  const header = copyOf(bytes, LENGTH_BYTES, headerEnd); // since text decoders refuse shared memory
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

function tensorOf(
  { dtype, shape, begin, end }: TensorEntry,
  bytes: Uint8Array,
  headerEnd: number,
): TensorData {
  const { array } = DTYPES[dtype];
  const length = (end - begin) / array.BYTES_PER_ELEMENT;
  const start = bytes.byteOffset + headerEnd + begin;
  const data =
    start % array.BYTES_PER_ELEMENT === 0
      ? new array(bytes.buffer, start, length)
      : new array(copyOf(bytes, headerEnd + begin, headerEnd + end).buffer, 0, length);
  // The table pairs each dtype with its array; the compiler cannot follow that through a union.
  return { dtype, shape, data } as TensorData;
}

/** Not `slice()`: that of a Node Buffer is a view. */
function copyOf(bytes: Uint8Array, begin: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(begin, end));
}
