import { randomStream } from '@residual/random';
import { describe, expect, it } from 'vitest';
import type { Augmentation } from './augmentation.js';
import { pictureDataset } from './dataset.js';
import { PictureLoader } from './loader.js';
import type { PictureSource } from './source.js';
import { datasetSource, readSource, SourceLoader } from './sourceLoader.js';

const dataset = pictureDataset({
  name: 'toy',
  images: Uint8Array.from({ length: 53 * 12 }, (_, i) => i % 251),
  labels: Uint16Array.from({ length: 53 }, (_, i) => i * 20),
  shape: [2, 2, 3],
  classNames: Array.from({ length: 1060 }, (_, i) => `class ${i}`),
});
const brighten: Augmentation = (picture, { seed, epoch, index }) => {
  const by = Math.floor(randomStream({ seed, purpose: 'brighten', stream: epoch }).uniform(index) * 256);
  return { ...picture, data: Uint8Array.from(picture.data, (level) => level + by) };
};
const options = { batchSize: 10, shuffle: { seed: 7 }, augment: [brighten] };
const preparation = {
  picture: dataset.shape,
  prepare: ({ data }: { data: Uint8Array | Uint8ClampedArray }) => new Uint8Array(data),
};
const inMemory = new PictureLoader(dataset, options);

/** The toy set, read in turns of the event loop that differ, and what has been asked of it. */
function slow(change: Partial<PictureSource> = {}): PictureSource & { reads: number[][] } {
  const source = { ...datasetSource(dataset), ...change };
  const reads: number[][] = [];
  return {
    ...source,
    reads,
    async read(indices) {
      reads.push([...indices]);
      for (let turn = (reads.length * 7) % 5; turn > 0; turn--) await new Promise((done) => setTimeout(done));
      return source.read(indices);
    },
  };
}

async function all<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

const settle = () => new Promise((done) => setTimeout(done, 20));

describe('SourceLoader', () => {
  it.each([0, 1, 2, 9])('gives the bits of a PictureLoader, reading %i batches ahead', async (prefetch) => {
    const loader = new SourceLoader(slow(), { ...options, ...preparation, prefetch });
    expect(loader).toMatchObject({ batchSize: 10, batchesPerEpoch: 6, dataset: { name: 'toy', length: 53 } });
    for (const epoch of [0, 3]) expect(await all(loader.epoch(epoch))).toEqual([...inMemory.epoch(epoch)]);
  });

  it('gives pictures to the augmentations as they are read where nothing prepares them', async () => {
    const { picture } = preparation;
    const loader = new SourceLoader(slow(), { ...options, picture });
    expect(await all(loader.epoch(1))).toEqual([...inMemory.epoch(1)]);
    const first = new SourceLoader(slow(), { ...options, picture: [2, 2, 1] }).epoch(1).next();
    await expect(first).rejects.toThrow(
      /toy: picture \d+: expected a picture of 2x2x1 after the last augmentation, received 2x2x3/,
    );
  });

  it('goes on in the middle of an epoch with the very same batches', async () => {
    const loader = new SourceLoader(slow(), { ...options, ...preparation });
    for (const from of [0, 4, 6]) {
      expect(await all(loader.epoch(2, from))).toEqual([...inMemory.epoch(2, from)]);
    }
  });

  it('reads two batches ahead of the one in use, and no more', async () => {
    const source = slow();
    const batches = new SourceLoader(source, { ...options, ...preparation }).epoch(0);
    await settle();
    expect(source.reads.length).toBe(0); // not before it is asked
    await batches.next();
    await settle();
    expect(source.reads.length).toBe(3);
    await batches.next();
    await settle();
    expect(source.reads.length).toBe(4);
  });

  it('reads nothing more after return, and after the end of a loop', async () => {
    const source = slow();
    const loader = new SourceLoader(source, { ...options, ...preparation });
    const batches = loader.epoch(0);
    await batches.next();
    await batches.return();
    expect(await batches.next()).toEqual({ done: true, value: undefined });
    for await (const _ of loader.epoch(1)) break;
    await settle();
    expect(source.reads.length).toBe(6);
  });

  it('throws the error of a read at the batch that needs it; what is in flight then fails unheard', async () => {
    const order = [...inMemory.epoch(0)].map(({ indices }) => indices[0]);
    const source = slow({
      read: async (indices) => {
        if (indices[0] === order[2] || indices[0] === order[3]) throw new Error(`no picture ${indices[0]}`);
        return datasetSource(dataset).read(indices);
      },
    });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const batches = new SourceLoader(source, { ...options, ...preparation }).epoch(0);
      for (const index of [0, 1]) expect((await batches.next()).value).toMatchObject({ index });
      await settle();
      await expect(batches.next()).rejects.toThrow(`no picture ${order[2]}`);
      expect(await batches.next()).toEqual({ done: true, value: undefined });
      await settle();
    } finally {
      process.off('unhandledRejection', listen);
    }
    expect(unhandled).toEqual([]);
  });

  it.each([
    [
      'too few pictures',
      { read: async () => [] },
      {},
      'MISMATCH',
      /toy: read: expected an array of 10 pictures/,
    ],
    ['no array', { read: async () => undefined as never }, {}, 'MISMATCH', /received undefined/],
    [
      'another size',
      {},
      { prepare: () => new Uint8Array(11) },
      'MISMATCH',
      /toy: picture \d+: expected a Uint8Array of 12, 2x2x3, received a Uint8Array of 11/,
    ],
    ['floats', {}, { prepare: () => new Float32Array(12) as never }, 'MISMATCH', /a Float32Array of 12/],
    [
      'a picture that fails',
      {},
      {
        prepare: () => {
          throw new Error('too dark');
        },
      },
      'FORMAT',
      /toy: picture \d+: .* the error "too dark"/,
    ],
  ])('refuses %s, naming the source', async (_, source, change, code, message) => {
    const loader = new SourceLoader(slow(source), { ...options, ...preparation, ...change });
    const first = loader.epoch(0).next();
    await expect(first).rejects.toThrow(expect.objectContaining({ code }));
    await expect(first).rejects.toThrow(message);
  });

  it.each([
    ['a prefetch of -1', { prefetch: -1 }],
    ['a batch size of 0', { batchSize: 0 }],
    ['a seed as it is', { shuffle: 7 as never }],
    ['a shuffle of true', { shuffle: true as never }],
    ['rows for augmentations', { augment: [{ name: 'randomFlip' }] as never }],
    ['a word for dropLast', { dropLast: 'no' as never }],
  ])('refuses %s at once', (_, change) => {
    expect(() => new SourceLoader(slow(), { ...options, ...preparation, ...change })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT' }),
    );
  });
});

describe('readSource', () => {
  it('holds the pictures in memory, with labels of the same type', async () => {
    expect(await readSource(slow(), preparation)).toEqual(dataset);
  });
});
