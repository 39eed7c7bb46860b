import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako';
import { type Bytes, bytesOf } from './arrays.js';
import { DataError } from './error.js';

const CHUNK = 1 << 20;
/** zlib's windowBits: 15 for deflate's 32 KiB window, plus 16 for "gzip and nothing else". */
const GZIP_ONLY = 15 + 16;
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
  const stream = new ZStream();
  if (zlibInflateInit2(stream, GZIP_ONLY) !== Z_OK) throw new Error(`pako: ${stream.msg}`);
  stream.input = bytes;
  stream.avail_in = bytes.length;

  const chunks: Uint8Array[] = [];
  let status: number = Z_OK;
  while (status !== Z_STREAM_END) {
    // One byte of room more than allowed, so that "too long" is seen and not mistaken for "just fits".
    const chunk = new Uint8Array(Math.min(CHUNK, maxBytes - stream.total_out + 1));
    stream.output = chunk;
    stream.next_out = 0;
    stream.avail_out = chunk.length;
    status = zlibInflate(stream, Z_NO_FLUSH);
    if (stream.total_out > maxBytes) throw tooLong(file, maxBytes);
    if (status !== Z_OK && status !== Z_STREAM_END) throw damaged(file, status, stream.msg);
    chunks.push(chunk.subarray(0, stream.next_out));
  }
  if (stream.avail_in > 0) throw trailing(file, bytes, stream.next_in);
  return join(chunks, stream.total_out);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** A server's error page saved under the file's name is common enough to be called by its name. */
function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const start = String.fromCharCode(...bytes.subarray(0, 256)).trimStart();
  if (start.startsWith('<')) return 'a web page (HTML), as servers send for a missing file';
  return [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function damaged(file: string, status: number, reason: string): DataError {
  return new DataError('FORMAT', {
    where: file,
    expected: 'a complete gzip file with a matching checksum',
    received: status === Z_BUF_ERROR ? 'one that ends too early' : `a damaged one (${reason})`,
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
