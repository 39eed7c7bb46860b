import { type CheckpointStorage, memoryStorage } from '../src/storage/storage.js';

/** Stands for the process being killed. */
export class Killed extends Error {}

/**
 * A storage whose process is killed at operation number `killAt` (from 0), before or after it has taken effect.
 * What it held survives, as on a disk.
 */
export function mortalStorage(
  killAt: number,
  when: 'before' | 'after',
  held: CheckpointStorage = memoryStorage(),
) {
  let operations = 0;
  const mortal =
    <Arguments extends unknown[], T>(operation: (...args: Arguments) => Promise<T>) =>
    async (...args: Arguments): Promise<T> => {
      const isLast = operations++ === killAt;
      if (isLast && when === 'before') throw new Killed();
      const result = await operation(...args);
      if (isLast) throw new Killed();
      return result;
    };
  const storage: CheckpointStorage = {
    write: mortal(held.write),
    read: mortal(held.read),
    list: mortal(held.list),
    remove: mortal(held.remove),
  };
  return { storage, held, count: () => operations };
}
