import { type Bytes, bytesOf } from './arrays.js';
import { DataError } from './error.js';
import { type InflateErrors, inflate } from './inflate.js';

/** What a byte of compressed content comes to at most. Source: zlib's technical details. */
const MOST_FROM_BYTE = 1032;
/** CRC and length, 4 bytes each. */
const TRAILER = 8;
const FIX = 'Download or copy the file again.';

export interface GunzipOptions {
  /** The most bytes the content may have: a small file can hold a huge one. */
  maxBytes: number;
  /** The file's name, for errors. */
  file?: string;
}

/**
 * The content of a gzip file that holds exactly one member (RFC 1952). Checksum and length are verified.
 *
 * @throws DataError `FORMAT` for anything else, a second member and trailing bytes included: gzip allows several
 *   members, but no data set uses them, and what is appended to a file is a sign of damage.
 * @throws DataError `LIMIT` when the content is longer than `maxBytes`; no more than that is ever held. `ARGUMENT` for anything
 *   but bytes.
 */
export function gunzip(packed: Bytes, { maxBytes, file = 'gzip data' }: GunzipOptions): Uint8Array {
  const bytes = bytesOf(packed, file);
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw new DataError('ARGUMENT', {
      where: file,
      expected: 'maxBytes, a number of bytes',
      received: `${maxBytes}`,
      fix: 'Give the most bytes that the content may have.',
    });
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    throw new DataError('FORMAT', {
      where: file,
      expected: 'a gzip file, which begins with the bytes 1f 8b',
      received: describeStart(bytes),
      fix: FIX,
    });
  }
  const errors: InflateErrors = {
    early: () => damaged(file, 'one that ends too early'),
    long: () => tooLong(file, maxBytes),
    damaged: (reason) => damaged(file, `a damaged one (${reason})`),
  };
  const numberAt = (at: number) => new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true);
  const start = endOfHeader(bytes, errors);
  const size = Math.min(numberAt(bytes.length - 4), MOST_FROM_BYTE * bytes.length);
  const { content, end } = inflate(bytes, { start, size, maxBytes, errors });
  if (end + TRAILER > bytes.length) throw errors.early();
  if (numberAt(end) !== crc32(content)) throw errors.damaged('incorrect data check');
  if (numberAt(end + 4) !== content.length % 2 ** 32) throw errors.damaged('incorrect length check');
  if (end + TRAILER < bytes.length) throw trailing(file, bytes, end + TRAILER);
  return content;
}

/** Where the compressed bytes begin. Source: RFC 1952, section 2.3. */
function endOfHeader(bytes: Uint8Array, errors: InflateErrors): number {
  if (bytes.length > 2 && bytes[2] !== 8) throw errors.damaged('unknown compression method');
  if (bytes.length < 10) throw errors.early();
  const flags = bytes[3]!;
  if (flags & 0xe0) throw errors.damaged('unknown header flags set');
  let at = 10;
  if (flags & 4) at += 2 + (bytes[at]! | (bytes[at + 1]! << 8)); // extra fields
  for (const text of [8, 16]) if (flags & text) at = bytes.indexOf(0, at) + 1 || bytes.length; // name, comment
  if (flags & 2) {
    const check = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    if (at <= bytes.length && check !== (crc32(bytes.subarray(0, at - 2)) & 0xffff)) {
      throw errors.damaged('header crc mismatch');
    }
  }
  if (at >= bytes.length) throw errors.early();
  return at;
}

/** Source: RFC 1952, section 8. */
function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** A server's error page saved under the file's name is common enough to be called by its name. */
function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const start = String.fromCharCode(...bytes.subarray(0, 256)).trimStart();
  if (start.startsWith('<')) return 'a web page (HTML), as servers send for a missing file';
  return [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function damaged(file: string, received: string): DataError {
  return new DataError('FORMAT', {
    where: file,
    expected: 'a complete gzip file with a matching checksum',
    received,
    fix: FIX,
  });
}

function tooLong(file: string, maxBytes: number): DataError {
  return new DataError('LIMIT', {
    where: file,
    expected: `at most ${maxBytes} bytes of content`,
    received: 'more',
    fix: 'Check where the file comes from; if it is right, raise maxBytes.',
  });
}

function trailing(file: string, bytes: Uint8Array, end: number): DataError {
  const second = bytes[end] === 0x1f && bytes[end + 1] === 0x8b;
  return new DataError('FORMAT', {
    where: file,
    expected: 'one gzip member and nothing after it',
    received: second ? 'a second member' : `${bytes.length - end} more bytes`,
    fix: second ? 'Compress the data again in one piece.' : FIX,
  });
}
