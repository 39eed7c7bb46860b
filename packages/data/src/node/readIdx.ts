import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readAtMost } from '@residual/weights/node';
import { DataError } from '../error.js';

const unpack = promisify(gunzip);
/** Of the file as it lies there. */
const MOST_BYTES = 2 ** 31 - 1;
/** Of what zlib gives at a time. With its own 16 KiB, Fashion-MNIST's 47 MB take twice as long. */
const CHUNK_BYTES = 2 ** 20;

/**
 * The bytes of an IDX file, by zlib where it is packed, which takes a fraction of the time that `gunzip` of this package does. A file of which
 * zlib makes nothing, or not all, is given as it is: `idxSplit` says what is wrong with it.
 *
 * @param maxBytes the most bytes that a packed file may hold
 * @throws DataError `LIMIT` for a file of more than 2 GiB, or one that doesn't end; the system's error.
 */
export async function readIdxFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await readAtMost(path, MOST_BYTES, (received) => tooLong(path, received));
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const content = await unpack(bytes, {
    chunkSize: CHUNK_BYTES,
    maxOutputLength: Math.max(1, maxBytes),
  }).catch(() => undefined);
  // The last four bytes of a member tell its length: of a second one, or of what follows it, they don't.
  const isWhole =
    content !== undefined &&
    new DataView(bytes.buffer).getUint32(bytes.byteOffset + bytes.length - 4, true) ===
      content.length % 2 ** 32;
  return isWhole && content[0] === 0 && content[1] === 0 ? content : bytes;
}

function tooLong(where: string, received: string): DataError {
  const expected = `at most ${MOST_BYTES} bytes`;
  return new DataError('LIMIT', { where, expected, received, fix: 'Divide the data set into smaller ones.' });
}
