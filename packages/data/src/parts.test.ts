import { describe, expect, it } from 'vitest';
import { pictureDataset } from './dataset.js';
import { joined, limit, split } from './parts.js';
import type { PictureSource } from './source.js';
import { datasetSource, readSource } from './sourceLoader.js';

/** Twelve pictures of 2x1x1 whose bytes are twice their label and one more. */
const dataset = pictureDataset({
  name: 'toy',
  images: Uint8Array.from({ length: 24 }, (_, i) => i),
  labels: Uint8Array.from({ length: 12 }, (_, i) => i),
  shape: [2, 1, 1],
  classNames: Array.from({ length: 12 }, (_, i) => `class ${i}`),
});

describe('limit', () => {
  it('keeps the first examples', () => {
    const few = limit(dataset, 3);
    expect(few).toMatchObject({ name: 'toy', length: 3, shape: [2, 1, 1], classNames: dataset.classNames });
    expect([...few.labels]).toEqual([0, 1, 2]);
    expect([...few.images]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each([
    ['their shares', 10, [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]],
    ['one at least', 3, [0, 1, 2]],
    ['one of the larger ones', 2, [0, 1]],
  ])('where they lie class by class, takes of all of them %s, evenly', async (_, count, labels) => {
    const sorted = Uint8Array.from({ length: 100 }, (_, i) => (i < 68 ? 2 : i < 98 ? 1 : 0));
    const pictures = pictureDataset({
      ...dataset,
      images: new Uint8Array(200).map((_, i) => i),
      labels: sorted,
    });
    const few = limit(pictures, count);
    const numbers = [...few.images].filter((_, at) => at % 2 === 0).map((byte) => byte / 2);
    expect([...few.labels]).toEqual(numbers.map((i) => sorted[i]));
    expect([...few.labels].map((label) => 2 - label)).toEqual(labels);
    const read = await limit(datasetSource(pictures), count).read(Uint32Array.from(numbers.keys()));
    expect(read.map(({ data }) => data[0]! / 2)).toEqual(numbers);
    if (count === 10) expect(numbers).toEqual([0, 11, 22, 34, 45, 56, 68, 78, 88, 98]);
  });

  it('keeps the first of any other order, and where each is a class of its own', () => {
    const labels = Uint8Array.from([0, 0, 1, 1, 2, 2, 0, 1, 2, 1, 1, 1]);
    expect([...limit(pictureDataset({ ...dataset, labels }), 5).labels]).toEqual([0, 0, 1, 1, 2]);
  });

  it('keeps all when there are fewer', () => expect(limit(dataset, 100)).toEqual(dataset));

  it.each([0, -1, 1.5, Number.NaN])('refuses %s', (count) => {
    expect(() => limit(dataset, count)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});

describe('split', () => {
  it('puts every example into one of the parts, picture and label together', () => {
    const { train, test } = split(dataset, 5, 1);
    expect([train.length, test.length]).toEqual([7, 5]);
    const labels = [...train.labels, ...test.labels];
    expect([...labels].sort((a, b) => a - b)).toEqual([...dataset.labels]);
    expect([...train.images, ...test.images]).toEqual(labels.flatMap((label) => [2 * label, 2 * label + 1]));
  });

  it('leaves labels as they are that lie in a Buffer of Node, whose slices share its bytes', () => {
    const buffered = { ...dataset, labels: Buffer.from(dataset.labels) };
    expect(split(buffered, 5, 1)).toEqual(split(dataset, 5, 1));
    expect([...buffered.labels]).toEqual([...dataset.labels]);
  });

  it('depends on the seed alone', () => {
    expect(split(dataset, 5, 1)).toEqual(split(dataset, 5, 1));
    expect(split(dataset, 5, 1).test.labels).not.toEqual(split(dataset, 5, 2).test.labels);
  });

  it.each([0, 12, 2.5])('refuses to hold out %s of 12', (heldOut) => {
    expect(() => split(dataset, heldOut, 0)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});

describe('limit and split of a source', () => {
  const preparation = {
    picture: dataset.shape,
    prepare: ({ data }: { data: Uint8Array | Uint8ClampedArray }) => new Uint8Array(data),
  };
  const source = datasetSource(dataset);

  it('give what they give of the same pictures in memory', async () => {
    expect(await readSource(limit(source, 3), preparation)).toEqual(limit(dataset, 3));
    const [parts, expected] = [split(source, 5, 1), split(dataset, 5, 1)];
    expect(await readSource(parts.train, preparation)).toEqual(expected.train);
    expect(await readSource(parts.test, preparation)).toEqual(expected.test);
    expect(await readSource(limit(parts.test, 2), preparation)).toEqual(limit(expected.test, 2));
  });
});

describe('joined', () => {
  it('has all pictures of all parts, from memory and from sources, one after another', async () => {
    const { train: rest, test } = split(dataset, 5, 1);
    const { train, test: validation } = split(rest, 3, 2);
    const all = joined({ train: datasetSource(train), validation, test });
    expect(all.labels).toEqual(Uint8Array.of(...train.labels, ...validation.labels, ...test.labels));
    expect(all.length).toBe(12);
    const mixed = Uint32Array.of(11, 0, 5, 6, 4);
    const read = await (all as PictureSource).read(mixed);
    expect(read.map(({ data }) => data[0]! / 2)).toEqual([...mixed].map((i) => all.labels[i]));
    expect(joined({ train })).toBe(train);
  });
});
