import { TrainerError } from '../error.js';

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
