import { createHash } from 'node:crypto';
import { close, fstat, open, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { DataError } from '@residual/data';
import { WholeFile } from '@residual/weights/node';
import { type PackBytes, packEnd, packHeader } from '../pack/packFormat.js';
import type { PackIndex } from '../pack/packIndex.js';

// Plain descriptors: Node closes a `FileHandle` that nobody uses any more with a warning.
const fs = {
  open: promisify(open),
  close: promisify(close),
  read: promisify(read),
  write: promisify(write),
  fstat: promisify(fstat),
};

const unused = new FinalizationRegistry<number>((descriptor) => close(descriptor));

/** How many bytes are collected before they are written. */
const CHUNK = 2 ** 20;

/**
 * A pack's file, read by position. It stays open while anything holds on to it, so that it can be read to the end of a run though
 * another process puts a new one in its place, or removes it.
 */
export class PackFile implements PackBytes {
  readonly where: string;
  readonly size: number;
  readonly #descriptor: number;

  private constructor(where: string, size: number, descriptor: number) {
    this.where = where;
    this.size = size;
    this.#descriptor = descriptor;
    unused.register(this, descriptor);
  }

  /**
   * @param where For messages. Default: the path.
   * @throws the system's error when it can't be opened
   */
  static async open(path: string, where = path): Promise<PackFile> {
    const descriptor = await fs.open(path, 'r+').catch(() => fs.open(path, 'r')); // for `repair`
    const { size } = await fs.fstat(descriptor);
    return new PackFile(where, size, descriptor);
  }

  async read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await fs.read(this.#descriptor, bytes, at, length - at, position + at);
      if (bytesRead === 0) throw cutOff(this.where);
      at += bytesRead;
    }
    return bytes;
  }

  /** Writes bytes over damaged ones. @throws the system's error where it may not */
  async repair(position: number, bytes: Uint8Array | Uint8ClampedArray): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await fs.write(this.#descriptor, bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
  }
}

function cutOff(where: string): DataError {
  const expected = `the pack as long as it was when it was opened`;
  return new DataError('FORMAT', { where, expected, received: 'a shorter one', fix: 'Begin again.' });
}

/**
 * Writes a pack, whole or not at all: two processes that do so at once end with the pack of one of them.
 */
export class PackWriter {
  readonly #file: WholeFile;
  readonly #chunk = new Uint8Array(CHUNK);
  #filled = 0;
  #written = 0;

  private constructor(file: WholeFile) {
    this.#file = file;
  }

  /** @throws the system's error when the file can't be made */
  static async create(path: string): Promise<PackWriter> {
    const writer = new PackWriter(await WholeFile.create(path));
    await writer.write(packHeader());
    return writer;
  }

  /** @throws the system's error, such as of a full disk: then `drop` */
  async write(bytes: Uint8Array | Uint8ClampedArray): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + CHUNK - this.#filled);
      this.#chunk.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === CHUNK) await this.#flush();
    }
  }

  /**
   * Writes the index and puts the file in its place.
   *
   * @returns that file, also where another process puts its own there at once
   * @throws as `write`
   */
  async finish(index: PackIndex): Promise<PackFile> {
    const end = packEnd(index, this.#written + this.#filled, createHash('sha256'));
    for (const piece of end) await this.write(piece);
    await this.#flush();
    const { temporary, path } = this.#file;
    let opened: PackFile | undefined;
    await this.#file.finish(async () => {
      opened = await PackFile.open(temporary, path);
    });
    return opened!;
  }

  /** Leaves nothing behind. */
  drop(): Promise<void> {
    return this.#file.drop();
  }

  async #flush(): Promise<void> {
    await this.#file.write(this.#chunk.subarray(0, this.#filled));
    this.#written += this.#filled;
    this.#filled = 0;
  }
}
