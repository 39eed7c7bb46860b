import { TrainerError } from '../error.js';
import type { CheckpointStorage } from './storage.js';

export interface OpfsOptions {
  /** The folder that `folder` is in. Default: the root of the page's origin, `navigator.storage.getDirectory()`. */
  root?: FileSystemDirectoryHandle;
}

/** What to do about the usual refusals of a browser. */
const FIXES: Record<string, string> = {
  QuotaExceededError: 'Remove older runs or other data of this page, or free space on the disk.',
  NotFoundError: 'Look at the names that list() gives.',
  NoModificationAllowedError: 'Another tab or worker is writing it: close that one, or wait.',
  NotAllowedError:
    'The browser lets this page keep nothing: allow it in the settings, or leave the private window.',
  SecurityError:
    'The browser lets this page keep nothing: allow it in the settings, or leave the private window.',
  NotSupportedError: 'Open the page over https or on localhost, in an up-to-date browser.',
};

/**
 * Checkpoints as files in one folder of the browser's origin-private file system, which is made when the first is
 * written. Works in windows and in workers.
 *
 * The browser writes into a file beside the one asked for, which takes its place when all bytes are there. So whatever
 * happens, a closed tab or a full disk included, a name holds all of its old bytes or all of the new. A file
 * without a byte is what a first write that never ended leaves: it counts as none.
 *
 * @param folder such as `runs/first`
 *
 * @example
 * train({ ...options, checkpoints: { storage: opfsStorage('runs/first'), everySeconds: 60 } });
 */
export function opfsStorage(folder: string, { root }: OpfsOptions = {}): CheckpointStorage {
  const parts = folder.split('/').filter((part) => part !== '');

  async function open({ create }: { create: boolean }): Promise<FileSystemDirectoryHandle> {
    let directory = root ?? (await originRoot());
    for (const part of parts) directory = await directory.getDirectoryHandle(part, { create });
    return directory;
  }

  async function write(name: string, bytes: Uint8Array): Promise<void> {
    const directory = await open({ create: true });
    const file = await directory.getFileHandle(name, { create: true });
    try {
      await replace(file, bytes);
    } catch (error) {
      await removeEmpty(directory, file).catch(() => {}); // the error to report is the first
      throw error;
    }
  }

  async function read(name: string): Promise<Uint8Array> {
    const directory = await open({ create: false });
    const file = await (await directory.getFileHandle(name)).getFile();
    if (file.size === 0) throw new DOMException(`${name} has no bytes`, 'NotFoundError');
    return new Uint8Array(await file.arrayBuffer());
  }

  async function list(): Promise<string[]> {
    let directory: FileSystemDirectoryHandle;
    try {
      directory = await open({ create: false });
    } catch (error) {
      if (isNotFound(error)) return []; // not made yet
      throw error;
    }
    const names: string[] = [];
    for await (const [name, handle] of directory.entries()) {
      if (handle.kind === 'file' && (await sizeOf(handle as FileSystemFileHandle)) > 0) names.push(name);
    }
    return names;
  }

  async function remove(name: string): Promise<void> {
    const directory = await open({ create: false });
    await directory.removeEntry(name);
  }

  const guarded = <T>(name: string, what: string, operation: () => Promise<T>): Promise<T> =>
    operation().catch(async (error: unknown) => {
      throw await storageError([...parts, name].join('/'), what, error);
    });

  return {
    write: (name, bytes) => guarded(name, `room for ${bytes.length} bytes`, () => write(name, bytes)),
    read: (name) => guarded(name, 'a file that can be read', () => read(name)),
    list: () => guarded('', 'a folder that can be read', list),
    remove: (name) => guarded(name, 'a file that can be removed', () => remove(name)),
  };
}

async function originRoot(): Promise<FileSystemDirectoryHandle> {
  if (
    typeof navigator.storage?.getDirectory === 'function' &&
    'createWritable' in FileSystemFileHandle.prototype
  ) {
    return navigator.storage.getDirectory();
  }
  throw new DOMException('no origin-private file system that can be written', 'NotSupportedError');
}

/** Puts `bytes` in the place of what the file holds, at once and as a whole, or leaves it as it is. */
async function replace(file: FileSystemFileHandle, bytes: Uint8Array): Promise<void> {
  const stream = await file.createWritable();
  try {
    // A blob takes no shared memory. Without one, Chromium may call a full disk an AbortError.
    const isShared = Object.prototype.toString.call(bytes.buffer) === '[object SharedArrayBuffer]';
    const own = isShared ? bytes.slice() : bytes;
    await stream.write(new Blob([own as Uint8Array<ArrayBuffer>]));
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => {}); // an error may have ended it already
    // A blob of ours that can't be read is one that Chromium had no room for.
    throw nameOf(error) === 'NotReadableError' ? new DOMException('', 'QuotaExceededError') : error;
  }
}

async function removeEmpty(directory: FileSystemDirectoryHandle, file: FileSystemFileHandle): Promise<void> {
  if ((await file.getFile()).size === 0) await directory.removeEntry(file.name);
}

/** In bytes: 0 too for a file that another tab, or the end of a worker that wrote it, has taken away meanwhile. */
async function sizeOf(file: FileSystemFileHandle): Promise<number> {
  try {
    return (await file.getFile()).size;
  } catch (error) {
    if (isNotFound(error)) return 0;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return nameOf(error) === 'NotFoundError';
}

/** By which a browser's refusals are known: their classes are others in another realm, and in other browsers. */
function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}

async function storageError(where: string, expected: string, cause: unknown): Promise<TrainerError> {
  const name = Object.hasOwn(FIXES, nameOf(cause)) ? nameOf(cause) : String(cause);
  const received = name === 'QuotaExceededError' ? `${name}, with ${await usedSpace()}` : name;
  const fix = FIXES[name] ?? 'Try again, or choose another folder.';
  return new TrainerError('STORAGE', { where, expected, received, fix }, { cause });
}

/** What the browser tells: so that pages can't recognise a machine by its disk, that may not be the whole truth. */
async function usedSpace(): Promise<string> {
  const { quota, usage } = await navigator.storage.estimate();
  return `${usage} bytes used of the ${quota} that the browser says it grants`;
}
