import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { NPY_START_BYTES, npyStart } from '@residual/data';

/** What tells an array from others. */
export interface ArrayFacts {
  /** The outermost first. */
  readonly shape: readonly number[];
  /** Of its elements' bytes, without the header: 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes an array in NumPy's `.npy` format, version 1, as its elements come; how many they are is known at the end.
 */
export class NpyFile {
  readonly #file: FileHandle | undefined;
  readonly #type: string;
  readonly #hash = createHash('sha256');

  private constructor(file: FileHandle | undefined, type: string) {
    this.#file = file;
    this.#type = type;
  }

  /**
   * @param path of a file that isn't there yet; undefined: the elements are only hashed
   * @param type NumPy's name of the elements' type, such as `<i4`
   */
  static async create(path: string | undefined, type: string): Promise<NpyFile> {
    const file = path === undefined ? undefined : await open(path, 'wx');
    await file?.write(new Uint8Array(NPY_START_BYTES));
    return new NpyFile(file, type);
  }

  /** Appends elements, in the byte order of the type. */
  async append({ buffer, byteOffset, byteLength }: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#hash.update(bytes);
    if (this.#file === undefined) return;
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#file.write(bytes, written)).bytesWritten;
    }
  }

  /** Writes the header, and makes sure that all is on the disk. @param shape the outermost first */
  async finish(shape: readonly number[]): Promise<ArrayFacts> {
    await this.#file?.write(npyStart(this.#type, shape), 0, NPY_START_BYTES, 0);
    await this.#file?.sync();
    return { shape, sha256: this.#hash.digest('hex') };
  }

  close(): Promise<void> | undefined {
    return this.#file?.close();
  }
}
