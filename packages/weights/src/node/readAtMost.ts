import { open } from 'node:fs/promises';

/** Of what doesn't say how long it is. */
const PIECE = 65_536;

/**
 * The bytes of a file, of a pipe or of a device. No more than `maxBytes` are ever held: a link to `/dev/zero` under a picture's name says
 * that it has no bytes, and never ends.
 *
 * @param tooLong what to throw for more, by the size in bytes, or "more" where nobody knows it
 * @throws the system's error, with the path
 */
export async function readAtMost(
  path: string | URL,
  maxBytes: number,
  tooLong: (received: string) => Error,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path);
  try {
    const facts = await file.stat();
    const size = facts.isFile() ? facts.size : 0;
    if (size > maxBytes) throw tooLong(`${size}`);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (let room = size || PIECE; ; room = PIECE) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(room), 0, room, null);
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
      if (length > maxBytes) throw tooLong('more');
    }
    return pieces.length === 1 ? pieces[0]! : new Uint8Array(Buffer.concat(pieces, length));
  } catch (error) {
    // The system doesn't say it of a read.
    throw 'syscall' in (error as Error) ? Object.assign(error as Error, { path: String(path) }) : error;
  } finally {
    await file.close();
  }
}
