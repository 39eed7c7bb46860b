import { randomBytes } from 'node:crypto';
import * as nodeFileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, TrainerError } from '../error.js';
import type { CheckpointStorage } from './storage.js';

/** The part of `node:fs/promises` that is used here: what a test replaces to make a disk fail. */
export interface FileSystem {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  readdir(path: string): Promise<string[]>;
  open(path: string, flags: 'r' | 'w'): Promise<OpenFile>;
  readFile(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface OpenFile {
  writeFile(bytes: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Names of its own, so that no other's file is taken for one. */
const TEMPORARY = /^\.residual-(\d+)-[0-9a-f]{12}\.tmp$/;

/** Those that this program is writing. */
const inWork = new Set<string>();

/** What to do about the usual refusals of an operating system. */
const FIXES: Record<string, string> = {
  ENOSPC: 'Free some space on the disk, or choose another folder.',
  EDQUOT: 'Free some of your quota, or choose another folder.',
  EACCES: 'Give yourself permission to write there, or choose another folder.',
  EPERM: 'Give yourself permission to write there, or choose another folder.',
  EROFS: 'The disk is mounted read-only: choose another folder.',
  EIO: 'The disk reports a fault: choose another one, and check this one.',
  ENOENT: 'Check the name of the folder.',
  ENOTDIR: 'Part of the path is a file: choose another folder.',
};

/**
 * Checkpoints as files in one folder, which is made when the first is written.
 *
 * A file is written under a temporary name in the same folder, synced to the disk and renamed, then the folder is
 * synced. What a killed program left under a temporary name is removed before the first write, and nothing else. So whatever happens, the power failing included, a name holds all of its old bytes or all of the new.
 *
 * @param options.fs default: Node's
 *
 * @example
 * train({ ...options, checkpoints: { storage: fileStorage('runs/first/checkpoints'), everySeconds: 300 } });
 */
export function fileStorage(
  directory: string,
  { fs = nodeFileSystem }: { fs?: FileSystem } = {},
): CheckpointStorage {
  let isPrepared = false;

  /** Makes the folder, and removes what a killed process left in it. */
  async function prepare(): Promise<void> {
    if (isPrepared) return;
    await fs.mkdir(directory, { recursive: true });
    for (const name of await fs.readdir(directory)) {
      if (isLeft(name)) await fs.unlink(join(directory, name));
    }
    isPrepared = true;
  }

  async function write(name: string, bytes: Uint8Array): Promise<void> {
    await prepare();
    const temporaryName = `.residual-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
    const temporary = join(directory, temporaryName);
    inWork.add(temporaryName);
    try {
      const file = await fs.open(temporary, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(temporary, join(directory, name));
    } catch (error) {
      await fs.unlink(temporary).catch(() => {}); // there may be none; the error to report is the first
      throw error;
    } finally {
      inWork.delete(temporaryName);
    }
    await syncFolder(fs, directory);
  }

  const guarded = <T>(name: string, what: string, operation: () => Promise<T>): Promise<T> =>
    operation().catch((error: unknown) => {
      throw storageError(join(directory, name), what, error);
    });

  return {
    write: (name, bytes) => guarded(name, 'a file that can be written', () => write(name, bytes)),
    read: (name) => guarded(name, 'a file that can be read', () => read(fs, join(directory, name))),
    list: () => guarded('', 'a folder that can be read', () => list(fs, directory)),
    remove: (name) => guarded(name, 'a file that can be removed', () => fs.unlink(join(directory, name))),
  };
}

/** As plain bytes: a Buffer's `slice` doesn't copy. */
async function read(fs: FileSystem, path: string): Promise<Uint8Array> {
  const { buffer, byteOffset, length } = await fs.readFile(path);
  return new Uint8Array(buffer, byteOffset, length);
}

async function list(fs: FileSystem, directory: string): Promise<string[]> {
  try {
    const names = await fs.readdir(directory);
    return names.filter((name) => !TEMPORARY.test(name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []; // not made yet
    throw error;
  }
}

/** Makes the rename last. Windows can't open folders, and some network file systems can't sync them. */
async function syncFolder(fs: FileSystem, directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await fs.open(directory, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

/** Whether it is a temporary file of a program that has ended: of another, or of one that had the same number. */
function isLeft(name: string): boolean {
  const pid = Number(TEMPORARY.exec(name)?.[1]);
  if (Number.isNaN(pid) || inWork.has(name)) return false;
  return pid === process.pid || !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

function storageError(where: string, expected: string, cause: unknown): TrainerError {
  const received = codeOf(cause) ?? messageOf(cause);
  const fix = FIXES[received] ?? 'Choose another folder.';
  return new TrainerError('STORAGE', { where, expected, received, fix }, { cause });
}
