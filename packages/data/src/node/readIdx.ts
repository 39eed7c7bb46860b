import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { readAtMost } from '@residual/weights/node';
import { DataError } from '../error.js';
import { idxHeader, wrongLength } from '../idx.js';

const unpack = promisify(gunzip);
/** Of the file as it lies there. */
const MOST_BYTES = 2 ** 31 - 1;
/** Of what zlib gives at a time. With its own 16 KiB, Fashion-MNIST's 47 MB take twice as long. */
const CHUNK_BYTES = 2 ** 20;

/** Of a packed file, enough for the header of an IDX file; of what a byte can stand for, 4 MB at most. */
const HEAD_BYTES = 4096;

/**
 * The bytes of an IDX file, by zlib where it is packed, which takes a fraction of the time that `gunzip` of this package does. No more is
 * unpacked than the file's own header says: a few bytes can stand for gigabytes. A file of which zlib makes nothing, or not all, is given
 * as it is: `idxSplit` says what is wrong with it.
 *
 * @param maxBytes the most bytes that a packed file may hold
 * @throws DataError `LIMIT` for a file of more than 2 GiB, one that doesn't end, or a packed one that holds more than `maxBytes`; `FORMAT`
 *   for a packed one that is no IDX file, or holds more than its header says; the system's error.
 */
export async function readIdxFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await readAtMost(path, MOST_BYTES, (received) => tooLong(path, received));
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const head = await unpack(bytes.subarray(0, HEAD_BYTES), { finishFlush: constants.Z_SYNC_FLUSH }).catch(
    () => undefined,
  );
  if (head === undefined || head.length === 0) return bytes;
  const { dimensions, start, length } = idxHeader(head, path);
  if (start + length > maxBytes) throw tooMuch(path, start + length, maxBytes);
  const content = await unpack(bytes, { chunkSize: CHUNK_BYTES, maxOutputLength: start + length }).catch(
    ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ERR_BUFFER_TOO_LARGE')
        throw wrongLength(path, dimensions, length, 'more, or a second gzip member');
      return undefined;
    },
  );
  // The last four bytes of a member tell its length: of a second one, or of what follows it, they don't.
  const isWhole =
    content !== undefined &&
    new DataView(bytes.buffer).getUint32(bytes.byteOffset + bytes.length - 4, true) ===
      content.length % 2 ** 32;
  return isWhole && content[0] === 0 && content[1] === 0 ? content : bytes;
}

function tooMuch(where: string, received: number, maxBytes: number): DataError {
  return new DataError('LIMIT', {
    where,
    expected: `at most ${maxBytes} bytes of content`,
    received: `${received}, as its header says`,
    fix: 'Check where the file comes from; if it is right, raise maxBytes.',
  });
}

function tooLong(where: string, received: string): DataError {
  const expected = `at most ${MOST_BYTES} bytes`;
  return new DataError('LIMIT', { where, expected, received, fix: 'Divide the data set into smaller ones.' });
}
