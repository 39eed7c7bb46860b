import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';

/**
 * Writes a file piece by piece, whole or not at all: beside its place first, then flushed and renamed.
 *
 * @returns its size in bytes
 */
export async function writeWhole(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  const temporary = `${path}.${process.pid}.tmp`;
  let handle: FileHandle | undefined;
  let size = 0;
  try {
    handle = await open(temporary, 'wx');
    for await (const piece of pieces) {
      await handle.writeFile(piece);
      size += piece.length;
    }
    await handle.sync();
    await handle.close();
    await rename(temporary, path);
    return size;
  } catch (error) {
    await handle?.close().catch(() => {}); // it may be closed
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @throws CommandError `FILE` when something is there already. */
export async function requireFree(path: string): Promise<void> {
  if (!(await exists(path))) return;
  throw new CommandError('FILE', {
    where: path,
    expected: 'a name that is free',
    received: 'something of that name',
    fix: 'Choose another name, or move it away.',
  });
}
