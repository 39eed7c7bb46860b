import type { TensorData } from '@residual/weights';
import { TrainerError } from '../error.js';

/** A safetensors file that says whether it's whole: the last of its tensors, 32 zeros here, is the SHA-256 of all bytes before it. */
export interface SealedFile {
  tensors: ReadonlyMap<string, TensorData>;
  metadata: Readonly<Record<string, string>>;
}

/**
 * Where checkpoints are kept: named byte strings. `@residual/trainer/node` has files, `/browser` the
 * browser's origin-private file system.
 *
 * Every method rejects with a TrainerError `STORAGE` when the medium refuses.
 */
export interface CheckpointStorage {
  /** Stores all of `bytes` or nothing: whatever happens, `name` never reads as a part of them. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array>;
  /** The names there are, in any order. */
  list(): Promise<string[]>;
  remove(name: string): Promise<void>;
  /**
   * As `write`, for a storage that can do so while a run goes on: tensor by tensor, without the file's bytes in memory. Reads it back
   * before it is done.
   *
   * @returns the file's size in bytes
   * @throws TrainerError `FORMAT` when other bytes are read than were written
   */
  writeSealed?(name: string, file: SealedFile): Promise<number>;
}

/** A storage that lasts as long as the program: for tests, and pages that let the user download a checkpoint. */
export function memoryStorage(): CheckpointStorage {
  const files = new Map<string, Uint8Array>();
  return {
    async write(name, bytes) {
      files.set(name, bytes.slice());
    },
    async read(name) {
      const bytes = files.get(name);
      if (bytes === undefined) {
        throw new TrainerError('STORAGE', {
          where: name,
          expected: 'a stored checkpoint of this name',
          received: 'none',
          fix: `There is ${[...files.keys()].join(', ') || 'nothing'}.`,
        });
      }
      return bytes.slice();
    },
    async list() {
      return [...files.keys()];
    },
    async remove(name) {
      files.delete(name);
    },
  };
}
