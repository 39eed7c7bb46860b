import { randomBytes } from 'node:crypto';
import * as nodeFileSystem from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The part of `node:fs/promises` by which files are written whole: what a test replaces to make a disk fail. */
export interface FileSystem {
  /** Of one folder: those above it are there. */
  mkdir(path: string): Promise<unknown>;
  readdir(path: string): Promise<string[]>;
  open(path: string, flags: 'r' | 'wx'): Promise<OpenFile>;
  readFile(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface OpenFile {
  /** May take fewer bytes than it is given. */
  write(bytes: Uint8Array): Promise<{ bytesWritten: number }>;
  /** From where the last one ended. Gives fewer bytes than there is room for, and none at the end of the file. */
  read(bytes: Uint8Array): Promise<{ bytesRead: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface WholeFileOptions {
  /** Default: Node's. */
  fs?: FileSystem;
}

/** Names of its own, so that no other's file is taken for one. */
const TEMPORARY = /^\.residual-(\d+)-[0-9a-f]{12}\.tmp$/;

/** A name that no file has: should the program be killed, `removeLeft` removes it. */
export function temporaryName(): string {
  return `.residual-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
}

/** Those that this program is writing. */
const inWork = new Set<string>();

/** What Windows answers while a virus scanner or an indexer looks at a file: it goes by itself. */
const PASSING = ['EACCES', 'EBUSY', 'EPERM'];
/** Milliseconds before each further try. */
const PAUSES = [20, 100, 500];

/**
 * A file that is written piece by piece and is there whole or not at all: under a temporary name in the same folder, synced to the disk
 * and renamed, and then the folder is synced. So whatever happens, the power failing included, its name holds all of its old bytes or
 * all of the new.
 *
 * Every method rejects with the system's error, which names the file. After one, `drop`.
 */
export class WholeFile {
  readonly path: string;
  /** Where its bytes are until it's finished. */
  readonly temporary: string;
  readonly #fs: FileSystem;
  readonly #file: OpenFile;
  readonly #name: string;
  #isOpen = true;

  private constructor(path: string, name: string, file: OpenFile, fs: FileSystem) {
    this.path = path;
    this.temporary = join(dirname(path), name);
    this.#name = name;
    this.#file = file;
    this.#fs = fs;
  }

  static async create(path: string, { fs = nodeFileSystem }: WholeFileOptions = {}): Promise<WholeFile> {
    const name = temporaryName();
    inWork.add(name);
    try {
      return new WholeFile(path, name, await fs.open(join(dirname(path), name), 'wx'), fs);
    } catch (error) {
      inWork.delete(name);
      throw naming(error, path);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes.subarray(at)).catch((error: unknown) => {
        throw naming(error, this.path);
      });
      if (bytesWritten === 0) throw Object.assign(new Error('The disk takes no more bytes'), { code: 'EIO' });
      at += bytesWritten;
    }
  }

  /** @param before what is to be done when all bytes are on the disk, and not in their place yet */
  async finish(before?: () => Promise<void>): Promise<void> {
    try {
      await this.#file.sync();
      await this.#close();
      await before?.();
      await rename(this.temporary, this.path, this.#fs);
      inWork.delete(this.#name);
      await syncFolder(dirname(this.path), this.#fs);
    } catch (error) {
      throw naming(error, this.path);
    }
  }

  /** Leaves nothing behind, where the disk lets it. */
  async drop(): Promise<void> {
    await this.#close().catch(() => {}); // the error to report is the first
    await this.#fs.unlink(this.temporary).catch(() => {}); // it may be in its place already
    inWork.delete(this.#name);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}

/** The system's error with the file that was to be written: of a write it names none, of the rest the temporary one. */
function naming(error: unknown, path: string): unknown {
  return codeOf(error) === undefined ? error : Object.assign(error as Error, { path });
}

/**
 * Writes a file whole, or leaves what is there as it is. See {@link WholeFile}.
 *
 * @returns its size in bytes
 * @throws the system's error; what the pieces throw
 */
export async function writeWhole(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: WholeFileOptions = {},
): Promise<number> {
  const file = await WholeFile.create(path, options);
  let size = 0;
  try {
    for await (const piece of pieces) {
      await file.write(piece);
      size += piece.length;
    }
    await file.finish();
    return size;
  } catch (error) {
    await file.drop();
    throw error;
  }
}

/** Puts a file that is on the disk in the place of another, and makes that last. @throws the system's error */
export async function replaceFile(
  from: string,
  to: string,
  { fs = nodeFileSystem }: WholeFileOptions = {},
): Promise<void> {
  await rename(from, to, fs);
  await syncFolder(dirname(to), fs);
}

/** Whether it is the name of a file that isn't whole yet, or never will be. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Removes what killed programs have left in a folder, and nothing else. @throws the system's error */
export async function removeLeft(
  folder: string,
  { fs = nodeFileSystem }: WholeFileOptions = {},
): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    if (isLeft(name)) await fs.unlink(join(folder, name));
  }
}

/** Whether it is a temporary file of a program that has ended: of another, or of one that had the same number. */
function isLeft(name: string): boolean {
  const pid = Number(TEMPORARY.exec(name)?.[1]);
  if (Number.isNaN(pid) || inWork.has(name)) return false;
  return pid === process.pid || !isRunning(pid);
}

/** Whether a process of this number runs on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

async function rename(from: string, to: string, fs: FileSystem): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await fs.rename(from, to);
    } catch (error) {
      if (!PASSING.includes(codeOf(error) ?? '')) throw error;
      await wait(pause);
    }
  }
  await fs.rename(from, to);
}

/** Makes the rename last. Windows can't open folders, and some network file systems can't sync them. */
async function syncFolder(folder: string, fs: FileSystem): Promise<void> {
  if (process.platform === 'win32') return;
  const opened = await fs.open(folder, 'r');
  try {
    await opened.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await opened.close();
  }
}

/** By which errors are known: the class of one that comes from another realm, as a test runner's, is another. */
export function codeOf(error: unknown): string | undefined {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : undefined;
}
