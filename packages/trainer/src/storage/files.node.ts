import * as nodeFileSystem from 'node:fs/promises';
import { join } from 'node:path';
import {
  isTemporary,
  makeFolder,
  removeLeft,
  type WholeFileOptions,
  writeWhole,
} from '@residual/weights/node';
import { codeOf, messageOf, TrainerError } from '../error.js';
import { hashOfFile, SealedPieces } from './sealed.node.js';
import type { CheckpointStorage, SealedFile } from './storage.js';

/** What to do about the usual refusals of an operating system. */
const FIXES: Record<string, string> = {
  ENOSPC: 'Free some space on the disk, or choose another folder.',
  EDQUOT: 'Free some of your quota, or choose another folder.',
  EACCES: 'Give yourself permission to write there, or choose another folder.',
  EPERM: 'Give yourself permission to write there, or choose another folder.',
  EROFS: 'The disk is mounted read-only: choose another folder.',
  EIO: 'The disk reports a fault: choose another one, and check this one.',
  EMFILE: 'Close other programs, or raise the limit of open files (ulimit -n).',
  ENOENT: 'Check the name of the folder.',
  ENFILE: 'Close other programs, or raise the limit of open files.',
  EFBIG: 'Raise the limit on the size of files (ulimit -f), or choose another folder.',
  ENOTDIR: 'Part of the path is a file: choose another folder.',
};

const WRITABLE = 'a file that can be written';
const READABLE = 'a file that can be read';

/**
 * Checkpoints as files in one folder, which is made when the first is written.
 *
 * A file is written whole or not at all, whatever happens, the power failing included (`WholeFile` of `@residual/weights/node`). What a
 * killed program left under a temporary name is removed before the first write, and nothing else.
 *
 * @param options.fs default: Node's
 *
 * @example
 * train({ ...options, checkpoints: { storage: fileStorage('runs/first/checkpoints'), everySeconds: 300 } });
 */
export function fileStorage(
  directory: string,
  { fs = nodeFileSystem }: WholeFileOptions = {},
): CheckpointStorage {
  let isPrepared = false;

  /** Makes the folder, and removes what a killed process left in it. */
  async function prepare(): Promise<void> {
    if (isPrepared) return;
    await makeFolder(directory, { fs });
    await removeLeft(directory, { fs });
    isPrepared = true;
  }

  async function write(name: string, bytes: Uint8Array): Promise<void> {
    await prepare();
    await writeWhole(join(directory, name), [bytes], { fs });
  }

  async function writeSealed(name: string, file: SealedFile): Promise<number> {
    const path = join(directory, name);
    const pieces = new SealedPieces(file);
    const size = await guarded(name, WRITABLE, async () => {
      await prepare();
      return writeWhole(path, pieces, { fs });
    });
    const isSame = (await guarded(name, READABLE, () => hashOfFile(path, fs))) === pieces.sha256;
    if (isSame) return size;
    throw new TrainerError('FORMAT', {
      where: path,
      expected: 'the bytes that were written',
      received: 'others',
      fix: 'The disk loses what it is given: choose another one, and check this one.',
    });
  }

  async function read(name: string): Promise<Uint8Array> {
    const { buffer, byteOffset, length } = await fs.readFile(join(directory, name));
    return new Uint8Array(buffer, byteOffset, length); // as plain bytes: a Buffer's `slice` doesn't copy
  }

  async function list(): Promise<string[]> {
    try {
      return (await fs.readdir(directory)).filter((name) => !isTemporary(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []; // not made yet
      throw error;
    }
  }

  const guarded = <T>(name: string, what: string, operation: () => Promise<T>): Promise<T> =>
    operation().catch((error: unknown) => {
      throw storageError(join(directory, name), what, error);
    });

  return {
    write: (name, bytes) => guarded(name, WRITABLE, () => write(name, bytes)),
    writeSealed,
    read: (name) => guarded(name, READABLE, () => read(name)),
    list: () => guarded('', 'a folder that can be read', list),
    remove: (name) => guarded(name, 'a file that can be removed', () => fs.unlink(join(directory, name))),
  };
}

export function storageError(where: string, expected: string, cause: unknown): TrainerError {
  const received = codeOf(cause) ?? messageOf(cause);
  const fix = FIXES[received] ?? 'Choose another folder.';
  return new TrainerError('STORAGE', { where, expected, received, fix }, { cause });
}
