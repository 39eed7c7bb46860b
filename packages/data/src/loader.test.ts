import { randomStream } from '@residual/random';
import { describe, expect, it } from 'vitest';
import type { Augmentation } from './augmentation.js';
import { pictureDataset } from './dataset.js';
import { PictureLoader } from './loader.js';
import type { RawPicture } from './picture.js';

/** 103 pictures of 2x2x1; the first byte of each is its index, and the label the index modulo 10. */
const dataset = pictureDataset({
  name: 'toy',
  images: Uint8Array.from({ length: 103 * 4 }, (_, i) => (i % 4 === 0 ? i / 4 : 200 + (i % 4))),
  labels: Uint8Array.from({ length: 103 }, (_, i) => i % 10),
  shape: [2, 2, 1],
  classNames: [...'0123456789'],
});
const shuffle = { seed: 7 };
/** Adds a number drawn for the example and the epoch to every byte. */
const brighten: Augmentation = (picture, { seed, epoch, index }) => {
  const by = Math.floor(randomStream({ seed, purpose: 'brighten', stream: epoch }).uniform(index) * 256);
  return { ...picture, data: Uint8Array.from(picture.data, (level) => level + by) };
};
const reverse: Augmentation = (picture) => ({ ...picture, data: picture.data.toReversed() });
const augment = [brighten, reverse];

describe('PictureLoader', () => {
  it('gives every example once, in the order of the dataset, and keeps the last partial batch', () => {
    const loader = new PictureLoader(dataset, { batchSize: 10 });
    const batches = [...loader.epoch(0)];
    expect(loader.batchesPerEpoch).toBe(11);
    expect(batches.map((batch) => batch.size)).toEqual([...new Array(10).fill(10), 3]);
    expect(batches.map((batch) => batch.index)).toEqual([...new Array(11).keys()]);
    expect(batches[10]).toMatchObject({ shape: [3, 2, 2, 1], epoch: 0 });
    expect(batches.flatMap((batch) => [...batch.images])).toEqual([...dataset.images]);
    expect(batches.flatMap((batch) => [...batch.labels])).toEqual([...dataset.labels]);
    expect(batches.flatMap((batch) => [...batch.indices])).toEqual([...new Array(103).keys()]);
  });

  it('has the batches of the chapter: 469 of 60,000 examples and 79 of 10,000', () => {
    const blank = (length: number) =>
      pictureDataset({
        ...dataset,
        shape: [1, 1, 1],
        images: new Uint8Array(length),
        labels: new Uint8Array(length),
      });
    expect(new PictureLoader(blank(60_000), { batchSize: 128 }).batchesPerEpoch).toBe(469);
    expect(new PictureLoader(blank(10_000), { batchSize: 128 }).batchesPerEpoch).toBe(79);
  });

  it('dropLast leaves the partial batch out', () => {
    const loader = new PictureLoader(dataset, { batchSize: 10, dropLast: true });
    expect(loader.batchesPerEpoch).toBe(10);
    expect([...loader.epoch(0)].every((batch) => batch.size === 10)).toBe(true);
  });

  it('shuffles anew each epoch, with picture, label and index together', () => {
    const loader = new PictureLoader(dataset, { batchSize: 10, shuffle });
    const orders = [0, 1].map((epoch) =>
      [...loader.epoch(epoch)].flatMap(({ images, labels, indices }) => {
        expect([...images].filter((_, i) => i % 4 === 0)).toEqual([...indices]);
        expect([...labels]).toEqual([...indices].map((index) => index % 10));
        return [...indices];
      }),
    );
    expect(orders[0]).not.toEqual(orders[1]);
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual([...new Array(103).keys()]);
  });

  it('resumes in the middle of any epoch with the very same batches', () => {
    const whole = [...new PictureLoader(dataset, { batchSize: 10, shuffle, augment }).epoch(3)];
    for (const from of [0, 4, 10, 11]) {
      const resumed = new PictureLoader(dataset, { batchSize: 10, shuffle, augment }).epoch(3, from);
      expect([...resumed]).toEqual(whole.slice(from));
    }
  });

  it('augments by example and epoch, whatever the batch size and the place in the order', () => {
    const pictures = (batchSize: number, epoch: number) => {
      const byExample = new Map<number, string>();
      for (const batch of new PictureLoader(dataset, { batchSize, shuffle, augment }).epoch(epoch)) {
        batch.indices.forEach((index, i) => {
          byExample.set(index, String(batch.images.subarray(4 * i, 4 * i + 4)));
        });
      }
      return [...byExample].sort(([a], [b]) => a - b);
    };
    expect(pictures(10, 1)).toEqual(pictures(7, 1));
    expect(pictures(10, 1)).not.toEqual(pictures(10, 2));
  });

  it('makes batches of the size that the augmentation makes', () => {
    const cut: Augmentation = ({ data }, { shape: [height, width] }) => ({
      data: data.subarray(0, height * width),
      height,
      width,
    });
    const picture: [number, number, number] = [1, 3, 1];
    const loader = new PictureLoader(dataset, { batchSize: 10, augment: [cut], picture });
    const [first] = loader.epoch(0);
    expect(first?.shape).toEqual([10, 1, 3, 1]);
    expect([...(first?.images.subarray(0, 6) ?? [])]).toEqual([0, 201, 202, 1, 201, 202]);
  });

  it.each([
    ['changes the picture in place', () => undefined, 'undefined'],
    ['gives bytes', ({ data }: RawPicture) => data, 'a Uint8Array of 4'],
    ['gives another size', () => ({ data: new Uint8Array(6), height: 2, width: 3 }), '2x3x1'],
    ['gives floats', () => ({ data: new Float32Array(4), height: 2, width: 2 }), 'a Float32Array of 4'],
  ])('refuses an augmentation that %s, naming the picture', (_, augment, received) => {
    const loader = new PictureLoader(dataset, { batchSize: 10, augment: [augment as never] });
    expect(() => [...loader.epoch(0)]).toThrow(
      expect.objectContaining({
        code: 'MISMATCH',
        where: 'toy: picture 0',
        received: expect.stringContaining(received),
      }),
    );
  });

  it('leaves the dataset and earlier batches alone', () => {
    const before = dataset.images.slice();
    const batches = new PictureLoader(dataset, { batchSize: 50, shuffle, augment }).epoch(0);
    const first = batches.next().value!;
    const copy = structuredClone(first);
    for (const { images } of batches) images.fill(0);
    expect(first).toEqual(copy);
    expect(dataset.images).toEqual(before);
  });

  it('two epochs can be read side by side', () => {
    const loader = new PictureLoader(dataset, { batchSize: 60, shuffle });
    const [a, b] = [loader.epoch(0), loader.epoch(1)];
    const interleaved = [a.next().value, b.next().value, a.next().value, b.next().value];
    expect(interleaved).toEqual([0, 1].flatMap((i) => [0, 1].map((epoch) => [...loader.epoch(epoch)][i])));
  });

  it.each([
    ['a batch size of 0', () => new PictureLoader(dataset, { batchSize: 0 })],
    ['a fractional batch size', () => new PictureLoader(dataset, { batchSize: 1.5 })],
    ['no full batch', () => new PictureLoader(dataset, { batchSize: 104, dropLast: true })],
    ['a negative epoch', () => new PictureLoader(dataset, { batchSize: 10 }).epoch(-1)],
    ['a start behind the end', () => new PictureLoader(dataset, { batchSize: 10 }).epoch(0, 12)],
  ])('refuses %s at once', (_, run) => {
    expect(run).toThrow(expect.objectContaining({ name: 'DataError', code: 'ARGUMENT' }));
  });
});
