import { type CheckpointStorage, memoryStorage } from '@residual/trainer';
import { expect, test } from 'vitest';
import { forgivingStorage } from './forgivingStorage.js';

/** A storage that refuses to write while `isFull`. */
function limited(): CheckpointStorage & { isFull: boolean } {
  const storage = memoryStorage();
  return {
    ...storage,
    isFull: false,
    async write(name, bytes) {
      if (this.isFull) throw new Error('full');
      await storage.write(name, bytes);
    },
  };
}

const bytes = (value: number) => Uint8Array.of(value);

test('when the storage is full, the old copy survives there and the new one can be read', async () => {
  const below = limited();
  const refusals: unknown[] = [];
  const storage = forgivingStorage(below, (error) => refusals.push(error));
  await storage.write('a', bytes(1));
  below.isFull = true;
  await storage.write('b', bytes(2));
  await storage.remove('a');
  expect(refusals).toHaveLength(1);
  expect(await storage.read('b')).toEqual(bytes(2));
  expect([storage.isKept('a'), storage.isKept('b')]).toEqual([true, false]);
  expect(await below.list()).toEqual(['a']);
  expect((await storage.list()).sort()).toEqual(['a', 'b']);
});

test('when there is room again, everything is as usual', async () => {
  const below = limited();
  const storage = forgivingStorage(below, () => {});
  await storage.write('a', bytes(1));
  below.isFull = true;
  await storage.write('b', bytes(2));
  below.isFull = false;
  await storage.write('c', bytes(3));
  await storage.remove('a');
  expect(await storage.list()).toEqual(['c']);
  expect(await below.read('c')).toEqual(bytes(3));
});
