import { createHash } from 'node:crypto';
import { type StoredTensor, streamSafetensors, type TensorData } from '@residual/weights';
import type { FileSystem } from '@residual/weights/node';
import type { SealedFile } from './storage.js';

/** Bytes that are written and read at once. While a run goes on, each of its pauses has time for one piece. */
const PIECE = 2 ** 24;

/** A file's bytes in pieces, each valid until the next: one after the other is all that is in memory of them. */
export class SealedPieces implements AsyncIterable<Uint8Array> {
  readonly #file: SealedFile;
  readonly #hash = createHash('sha256');

  constructor(file: SealedFile) {
    this.#file = file;
  }

  /** Of all bytes so far. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const piece = Buffer.allocUnsafeSlow(PIECE);
    let filled = 0;
    for await (const bytes of streamSafetensors(this.#tensors(), this.#file.metadata)) {
      this.#hash.update(bytes);
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + PIECE - filled);
        piece.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < PIECE) continue;
        yield piece;
        filled = 0;
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  }

  /** The last is known when all others have been read. */
  #tensors(): Map<string, StoredTensor> {
    const { tensors } = this.#file;
    const last = [...tensors.keys()].at(-1);
    const seal = (tensor: TensorData): TensorData =>
      ({ ...tensor, data: new Uint8Array(this.#hash.copy().digest()) }) as TensorData;
    return new Map(
      [...tensors].map(([name, tensor]) => {
        const read = async () => (name === last ? seal(tensor) : tensor);
        return [name, { ...tensor, read }];
      }),
    );
  }
}

/** SHA-256 of a file's bytes, in hexadecimal digits. @throws the system's error */
export async function hashOfFile(path: string, fs: FileSystem): Promise<string> {
  const file = await fs.open(path, 'r');
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafeSlow(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(piece);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
