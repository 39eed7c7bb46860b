import { type FileHandle, open, stat } from 'node:fs/promises';
import { DataError } from '../error.js';

/** What the system's codes mean to someone who gave a path. */
const REASONS: Record<string, string> = {
  ENOENT: 'nothing of that name',
  ENOTDIR: 'a file',
  EISDIR: 'a folder',
  EACCES: 'one without permission to read it',
  EPERM: 'one without permission to read it',
  ELOOP: 'a link that leads back to itself',
};

/** `NOT_FOUND` or `PERMISSION` for an error of the file system; the path is the file's own. */
export function fileError(where: string, expected: string, cause: NodeJS.ErrnoException): DataError {
  const denied = cause.code === 'EACCES' || cause.code === 'EPERM';
  return new DataError(
    denied ? 'PERMISSION' : 'NOT_FOUND',
    {
      where,
      expected,
      received: REASONS[cause.code ?? ''] ?? cause.message,
      fix: denied ? 'Allow this user to read it.' : 'Check the path.',
    },
    { cause },
  );
}

/**
 * A file that is read by position, never whole. It is open only while something reads it, and refused when it has changed between
 * two reads.
 */
export class ByteFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly #changed: number;
  #handle: Promise<FileHandle> | undefined;
  #users = 0;

  private constructor(path: string, { size, mtimeMs }: { size: number; mtimeMs: number }) {
    this.path = path;
    this.size = size;
    this.#changed = mtimeMs;
  }

  /**
   * @param expected What the file should be, for errors.
   * @throws DataError `NOT_FOUND` when there is no such file, `PERMISSION` when it may not be read.
   */
  static async at(path: string, expected: string): Promise<ByteFile> {
    try {
      const facts = await stat(path);
      if (!facts.isFile()) {
        const received = facts.isDirectory() ? 'a folder' : 'neither a file nor a folder';
        throw new DataError('NOT_FOUND', { where: path, expected, received, fix: 'Check the path.' });
      }
      const file = new ByteFile(path, facts);
      await file.use(() => file.read(0, 0)); // so that a file that may not be read is known now
      return file;
    } catch (error) {
      throw error instanceof DataError ? error : fileError(path, expected, error as NodeJS.ErrnoException);
    }
  }

  /** Keeps the file open until `reading` is done. */
  async use<Result>(reading: () => Promise<Result>): Promise<Result> {
    this.#users++;
    try {
      this.#handle ??= this.#open();
      await this.#handle;
      return await reading();
    } finally {
      if (--this.#users === 0) {
        const handle = this.#handle;
        this.#handle = undefined;
        await handle?.then((open) => open.close()).catch(() => {}); // nothing was written
      }
    }
  }

  /** Up to `length` bytes from `position` on, fewer at the file's end. Inside `use`. */
  async read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - position)));
    const handle = await this.#handle!;
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, position + at);
      if (bytesRead === 0) throw this.#hasChanged();
      at += bytesRead;
    }
    return bytes;
  }

  /**
   * The whole file, of at most `maxBytes`.
   *
   * @throws DataError `LIMIT`.
   */
  whole(maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.size > maxBytes) {
      throw new DataError('LIMIT', {
        where: this.path,
        expected: `at most ${maxBytes} bytes`,
        received: `${this.size}`,
        fix: 'Check where the file comes from.',
      });
    }
    return this.use(() => this.read(0, this.size));
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.path);
    const { size, mtimeMs } = await handle.stat();
    if (size === this.size && mtimeMs === this.#changed) return handle;
    await handle.close();
    throw this.#hasChanged();
  }

  #hasChanged(): DataError {
    return new DataError('MISMATCH', {
      where: this.path,
      expected: 'the file as it was when it was opened first',
      received: 'one that has changed since',
      fix: 'Leave the file alone while it is in use, and begin again.',
    });
  }
}

/** A file's first bytes, up to `length` of them. @throws the system's error */
export async function firstBytes(path: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
