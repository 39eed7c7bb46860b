import { type CheckpointStorage, memoryStorage } from '@residual/trainer';

export interface ForgivingStorage extends CheckpointStorage {
  /** Whether `name` is in the storage below, and so outlasts the program. */
  isKept(name: string): boolean;
}

/**
 * A storage that does without the one below where that refuses to write, such as for want of space: the run goes on.
 * What could not be written is in memory, so that the run can still be paused; what was written before stays below.
 *
 * @param onRefusal is told each time
 */
export function forgivingStorage(
  below: CheckpointStorage,
  onRefusal: (error: unknown) => void,
): ForgivingStorage {
  const memory = memoryStorage();
  let refused = new Set<string>();
  return {
    async write(name, bytes) {
      try {
        await below.write(name, bytes);
        for (const old of refused) await memory.remove(old);
        refused = new Set();
      } catch (error) {
        onRefusal(error);
        await memory.write(name, bytes);
        refused.add(name);
      }
    },
    read: (name) => (refused.has(name) ? memory : below).read(name),
    list: async () => [...new Set([...(await below.list()), ...refused])],
    async remove(name) {
      if (refused.has(name)) {
        refused.delete(name);
        return memory.remove(name);
      }
      // The newest one is in memory only: the one below is all that a reload would find.
      if (refused.size === 0) await below.remove(name);
    },
    isKept: (name) => !refused.has(name),
  };
}
