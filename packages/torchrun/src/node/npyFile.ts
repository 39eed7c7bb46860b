import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

const HEADER_BYTES = 128;

/** What tells an array from others. */
export interface ArrayFacts {
  /** The outermost first. */
  readonly shape: readonly number[];
  /** Of its elements' bytes, without the header: 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes an array in NumPy's `.npy` format, version 1, as its elements come; how many they are is known at the end.
 *
 * Source: NumPy's `numpy/lib/_format_impl.py`, "Format Version 1.0".
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
    await file?.write(new Uint8Array(HEADER_BYTES));
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
    await this.#file?.write(header(this.#type, shape), 0, HEADER_BYTES, 0);
    await this.#file?.sync();
    return { shape, sha256: this.#hash.digest('hex') };
  }

  close(): Promise<void> | undefined {
    return this.#file?.close();
  }
}

function header(type: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = '\x93NUMPY\x01\x00';
  const bytes = Buffer.alloc(HEADER_BYTES, 0x20);
  bytes.write(start, 'latin1');
  bytes.writeUInt16LE(HEADER_BYTES - start.length - 2, start.length);
  bytes.write(text, start.length + 2, 'latin1');
  bytes[HEADER_BYTES - 1] = 0x0a;
  return bytes;
}
