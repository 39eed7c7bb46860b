import { quote, WeightsError, type WeightsErrorCode } from '../error.js';
import type { ByteSource } from '../stored.js';
import { ZipRecord } from './record.js';

const END = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
/** What the format allows for the comment at the end. */
const MOST_COMMENT = 65_535;
const MOST_DIRECTORY_BYTES = 64_000_000;
const MOST_RECORDS = 200_000;
const IN_64 = 0xffffffff;

/**
 * Reads the directory of a zip file: its records by name. Nothing is extracted, and a name is a key, never a path.
 *
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
 *
 * @throws WeightsError `FORMAT` for what is no whole zip file, has a name twice or is encrypted; `LIMIT` for more than 200,000 records.
 */
export async function openZip(source: ByteSource): Promise<Map<string, ZipRecord>> {
  const { name: file, size } = source;
  const { count, begin, length } = await findDirectory(source);
  const limit = 'LIMIT';
  if (count > MOST_RECORDS)
    throw failure(file, 'directory', `at most ${MOST_RECORDS} records`, `${count}`, limit);
  if (length > MOST_DIRECTORY_BYTES) {
    throw failure(file, 'directory', `at most ${MOST_DIRECTORY_BYTES} bytes`, `${length}`, limit);
  }
  if (begin + length > size) {
    throw failure(file, 'directory', `one within the file's ${size} bytes`, `an end at ${begin + length}`);
  }
  const bytes = new Uint8Array(await source.read(begin, begin + length));
  const records = new Map<string, ZipRecord>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { record, next } = readEntry(source, bytes, at, begin);
    if (records.has(record.name)) throw failure(file, quote(record.name), 'each name once', 'it again');
    records.set(record.name, record);
    at = next;
  }
  return records;
}

interface Directory {
  count: number;
  begin: number;
  length: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const { name: file, size } = source;
  const tailBegin = Math.max(0, size - END_BYTES - MOST_COMMENT - LOCATOR_64_BYTES);
  const tail = viewOf(await source.read(tailBegin, size));
  let at = tail.byteLength - END_BYTES;
  while (
    at >= 0 &&
    !(tail.getUint32(at, true) === END && at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength)
  )
    at--;
  if (at < 0)
    throw failure(
      file,
      'end of the zip file',
      'its directory',
      'none: the file was cut off, or is another kind',
    );
  const directory = {
    count: tail.getUint16(at + 10, true),
    length: tail.getUint32(at + 12, true),
    begin: tail.getUint32(at + 16, true),
  };
  const isLarge = directory.count === 0xffff || directory.length === IN_64 || directory.begin === IN_64;
  const locator = at - LOCATOR_64_BYTES;
  if (!isLarge || locator < 0 || tail.getUint32(locator, true) !== LOCATOR_64) return directory;
  const begin = wholeNumber(tail, locator + 8, file);
  if (begin + END_64_BYTES > size)
    throw failure(file, 'zip64 directory', "one within the file's bytes", `a place at ${begin}`);
  const end = viewOf(await source.read(begin, begin + END_64_BYTES));
  if (end.getUint32(0, true) !== END_64)
    throw failure(file, 'zip64 directory', 'its end record', 'something else');
  return {
    count: wholeNumber(end, 32, file),
    length: wholeNumber(end, 40, file),
    begin: wholeNumber(end, 48, file),
  };
}

function readEntry(
  source: ByteSource,
  bytes: Uint8Array,
  at: number,
  directory: number,
): { record: ZipRecord; next: number } {
  const file = source.name;
  const view = viewOf(bytes);
  if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== ENTRY) {
    throw failure(file, 'directory', 'as many records as it declares', 'fewer');
  }
  const nameEnd = at + ENTRY_BYTES + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > bytes.length) throw failure(file, 'directory', 'whole records', 'one that is cut off');
  const name = nameOf(bytes.subarray(at + ENTRY_BYTES, nameEnd), file);
  // In this order, where the field before it is full: size, packed size, place.
  const large = largeFields(view, nameEnd, extraEnd);
  const field = (place: number) => {
    const value = view.getUint32(at + place, true);
    if (value !== IN_64) return value;
    const position = large();
    return position === undefined ? value : wholeNumber(view, position, file);
  };
  const size = field(24);
  const packedSize = field(20);
  const begin = field(42);
  if (begin + packedSize > directory) {
    throw failure(
      file,
      `record ${quote(name)}`,
      'data before the directory',
      `an end at ${begin + packedSize}`,
    );
  }
  const flags = view.getUint16(at + 8, true);
  if (flags & 1) throw failure(file, `record ${quote(name)}`, 'plain data', 'encrypted ones');
  const method = view.getUint16(at + 10, true);
  const facts = { name, method, crc: view.getUint32(at + 16, true), size, packedSize, begin };
  return { record: new ZipRecord(source, facts, directory), next };
}

/** Gives the places of a record's 64-bit numbers, one after the other. */
function largeFields(view: DataView, begin: number, end: number): () => number | undefined {
  for (let at = begin; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const last = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    let next = at + 4;
    return () => {
      next += 8;
      return next <= last ? next - 8 : undefined;
    };
  }
  return () => undefined;
}

function nameOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure(file, 'directory', 'names in UTF-8', 'another');
  }
}

function wholeNumber(view: DataView, at: number, file: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw failure(file, 'directory', 'numbers up to 2^53 - 1', `${value}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function failure(
  file: string,
  field: string,
  expected: string,
  received: string,
  code: WeightsErrorCode = 'FORMAT',
): WeightsError {
  const fix = 'Download or save the file again.';
  return new WeightsError(code, { where: `${file}: ${field}`, expected, received, fix });
}
