import { basename, dirname } from 'node:path';
import type { FileSystem, OpenFile } from '@residual/weights/node';
import { Killed } from './faultyStorage.js';

/** What happens once, at one operation: a refusal by its code, half of a write, or the end of everything. */
export type Fault = `E${string}` | 'short write' | 'power failure';

/** What a disk keeps of what was not synced, when the power fails. */
export const LOSSES = ['all', 'names', 'bytes', 'half of the bytes'] as const;
/**
 * all: nothing that was not synced is there. names: files that were not synced are empty under their new names. bytes: their bytes are there,
 * and not their new names. half of the bytes: new names, and the first half of what was not synced.
 */
export type Loss = (typeof LOSSES)[number];

class File {
  cached = new Uint8Array();
  /** What a sync has put on the disk. */
  synced = new Uint8Array();
}

type Folder = Map<string, File>;

/** Two views of every folder: as programs see it, and as it is on the disk. */
interface Folders {
  readonly cached: Map<string, Folder>;
  readonly synced: Map<string, Folder>;
}

/**
 * A disk in memory that keeps only what was synced, as POSIX lets it: a file's bytes by the sync of the file, its name by that of the
 * folder. Operations are counted, and one of them can go wrong.
 *
 * @param fault which goes wrong, from 0, and how
 */
export function faultyDisk(
  fault?: { at: number; what: Fault },
  { cached, synced }: Folders = { cached: new Map(), synced: new Map() },
) {
  const log: string[] = [];
  let isDead = false;

  /** @returns whether a write is to be cut short */
  function operate(name: string): boolean {
    if (isDead) throw new Killed();
    log.push(name);
    if (fault === undefined || log.length - 1 !== fault.at) return false;
    if (fault.what === 'short write') return true;
    if (fault.what === 'power failure') {
      isDead = true;
      throw new Killed();
    }
    throw refusal(fault.what);
  }

  const folder = (path: string): Folder => {
    const found = cached.get(path);
    if (found === undefined) throw refusal('ENOENT');
    return found;
  };
  const fileAt = (path: string): File => {
    const found = folder(dirname(path)).get(basename(path));
    if (found === undefined) throw refusal('ENOENT');
    return found;
  };

  const fs: FileSystem = {
    async mkdir(path) {
      operate('mkdir');
      if (cached.has(path)) return;
      cached.set(path, new Map());
      synced.set(path, new Map());
    },
    async readdir(path) {
      operate('readdir');
      return [...folder(path).keys()];
    },
    async readFile(path) {
      operate('readFile');
      return fileAt(path).cached.slice();
    },
    async rename(from, to) {
      operate('rename');
      const file = fileAt(from);
      folder(dirname(from)).delete(basename(from));
      folder(dirname(to)).set(basename(to), file);
    },
    async unlink(path) {
      operate('unlink');
      fileAt(path);
      folder(dirname(path)).delete(basename(path));
    },
    async open(path, flags) {
      operate(`open ${flags}`);
      if (flags === 'r' && cached.has(path)) return openFolder(path);
      if (flags === 'wx') folder(dirname(path)).set(basename(path), new File());
      return openFile(fileAt(path));
    },
  };

  function openFolder(path: string): OpenFile {
    return {
      read: () => Promise.reject(refusal('EISDIR')),
      write: () => Promise.reject(refusal('EISDIR')),
      async sync() {
        operate('sync folder');
        synced.set(path, new Map(folder(path)));
      },
      async close() {
        operate('close folder');
      },
    };
  }

  function openFile(file: File): OpenFile {
    let position = 0;
    return {
      async write(bytes) {
        const isShort = operate('write');
        const taken = isShort ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes;
        file.cached = Uint8Array.from([...file.cached, ...taken]);
        return { bytesWritten: taken.length };
      },
      async read(bytes) {
        operate('read');
        const piece = file.cached.subarray(position, position + bytes.length);
        bytes.set(piece);
        position += piece.length;
        return { bytesRead: piece.length };
      },
      async sync() {
        operate('sync');
        file.synced = file.cached;
      },
      async close() {
        operate('close');
      },
    };
  }

  /** The disk as the next program finds it, after the power has failed. */
  function restarted(loss: Loss) {
    const folders: Folders = { cached: new Map(), synced: new Map() };
    for (const [path, names] of loss === 'all' || loss === 'bytes' ? synced : cached) {
      const kept: Folder = new Map();
      for (const [name, file] of names) kept.set(name, survivor(file, loss));
      folders.cached.set(path, kept);
      folders.synced.set(path, new Map(kept));
    }
    return faultyDisk(undefined, folders);
  }

  /** As the next program finds it, where this one has ended and the machine has not. */
  const reopened = () => faultyDisk(undefined, { cached, synced });

  return { fs, log, restarted, reopened };
}

function survivor({ cached, synced }: File, loss: Loss): File {
  const file = new File();
  const more = cached.length - synced.length;
  const isKept = loss === 'bytes' ? more : loss === 'half of the bytes' ? Math.floor(more / 2) : 0;
  file.cached = cached.slice(0, synced.length + isKept);
  file.synced = file.cached;
  return file;
}

function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: the disk refuses`), { code });
}
