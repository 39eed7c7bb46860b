import { describe, expect, it } from 'vitest';
import { balancedOrder } from './balance.js';
import { pictureDataset } from './dataset.js';
import { PictureLoader } from './loader.js';

/** 60 of class 0, 12 of class 1, 3 of class 3; class 2 has none. */
const labels = Uint8Array.from([...new Array(60).fill(0), ...new Array(12).fill(1), 3, 3, 3]);
const countsOf = (values: Iterable<number>) => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

describe('balancedOrder', () => {
  it('has each class equally often in an epoch as long as ever', () => {
    const { order } = balancedOrder(labels, labels.length, 5, 0);
    expect(order).toHaveLength(75);
    expect(countsOf([...order].map((i) => labels[i]!))).toEqual(
      new Map([
        [0, 25],
        [1, 25],
        [3, 25],
      ]),
    );
  });

  it('takes each example of a class once before any again, and counts how often it came', () => {
    const { order, repeats } = balancedOrder(labels, labels.length, 5, 0);
    const ofClass = (label: number) => [...countsOf([...order].filter((i) => labels[i] === label)).values()];
    expect(ofClass(0)).toEqual(new Array(25).fill(1));
    expect(ofClass(1).toSorted()).toEqual([...new Array(11).fill(2), 3]);
    expect(ofClass(3).toSorted()).toEqual([8, 8, 9]);
    const pairs = new Set([...order].map((i, at) => `${i}/${repeats[at]}`));
    expect(pairs.size).toBe(75);
    expect(Math.max(...repeats)).toBe(8);
  });

  it('draws which class has one more, others of a large class in each epoch, and another order by another seed', () => {
    const uneven = labels.subarray(0, 74);
    const extra = Array.from({ length: 12 }, (_, epoch) => {
      const { order } = balancedOrder(uneven, 74, 0, epoch);
      return [...countsOf([...order].map((i) => uneven[i]!))]
        .filter(([, n]) => n === 24)
        .map(([label]) => label);
    });
    expect(new Set(extra.flat()).size).toBe(3);
    const [first, second] = [0, 1].map((epoch) => balancedOrder(labels, 75, 0, epoch).order);
    expect(first).not.toEqual(second);
    const seen = new Set([...first!, ...second!].filter((i) => labels[i] === 0));
    expect(seen.size).toBeGreaterThan(25);
    expect(balancedOrder(labels, 75, 1, 0).order).not.toEqual(first);
  });
});

describe('a loader with balance: sampler', () => {
  const dataset = pictureDataset({
    name: 'uneven',
    images: Uint8Array.from({ length: 75 }, (_, i) => i),
    labels,
    shape: [1, 1, 1],
    classNames: ['a', 'b', 'c', 'd'],
  });
  const options = { batchSize: 10, shuffle: { seed: 3 }, balance: 'sampler' } as const;

  it('gives a batch as a function of (seed, epoch, index), also from the middle of an epoch', () => {
    const loader = new PictureLoader(dataset, options);
    expect(loader.batchesPerEpoch).toBe(8);
    const whole = [...loader.epoch(2)];
    expect([...loader.epoch(2, 5)]).toEqual(whole.slice(5));
    expect(whole.flatMap(({ images }) => [...images])).toEqual(whole.flatMap(({ indices }) => [...indices]));
  });

  it('augments a repeated example otherwise', () => {
    const contexts = new Set<string>();
    const loader = new PictureLoader(dataset, {
      ...options,
      augment: [
        (picture, { seed, epoch, index }) => {
          contexts.add(`${seed}/${epoch}/${index}`);
          return picture;
        },
      ],
    });
    for (const _ of loader.epoch(1));
    expect(contexts.size).toBe(75);
  });

  it('needs a shuffle, and is none or sampler', () => {
    expect(() => new PictureLoader(dataset, { batchSize: 1, balance: 'sampler' })).toThrow('a seed');
    expect(() => new PictureLoader(dataset, { ...options, balance: 'loss' as never })).toThrow(
      'none or sampler',
    );
  });
});
