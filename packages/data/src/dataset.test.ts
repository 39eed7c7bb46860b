import { describe, expect, it } from 'vitest';
import type { Bytes, Integers } from './arrays.js';
import { pictureDataset } from './dataset.js';
import { limit, split } from './parts.js';

/** Twelve pictures of 2x1x1 whose bytes are twice their label and one more. */
const dataset = pictureDataset({
  name: 'toy',
  images: Uint8Array.from({ length: 24 }, (_, i) => i),
  labels: Uint8Array.from({ length: 12 }, (_, i) => i),
  shape: [2, 1, 1],
  classNames: Array.from({ length: 12 }, (_, i) => `class ${i}`),
});

describe('pictureDataset', () => {
  it('counts the examples', () => expect(dataset.length).toBe(12));

  it.each([
    ['40 a label too few', { labels: dataset.labels.subarray(1) }, 'MISMATCH', /22 bytes .*received 24/],
    ['41 a label without a class', { classNames: ['a'] }, 'FORMAT', /received 1 at position 1/],
    ['a shape of zero', { shape: [0, 1, 1] as const }, 'ARGUMENT', /\[0, 1, 1\]/],
    ['a shape beyond any memory', { shape: [2 ** 30, 2 ** 30, 3] as const }, 'ARGUMENT', /positive integers/],
    ['a shape without channels', { shape: [2, 1] as never }, 'ARGUMENT', /\[2, 1\]/],
    ['no picture', { images: new Uint8Array(0), labels: [] }, 'ARGUMENT', /at least one picture/],
    ['no class', { classNames: [] }, 'ARGUMENT', /classNames: .* received an empty one/],
    ['classes without names', { classNames: 12 as never }, 'ARGUMENT', /received 12/],
    [
      'field 5: Float32',
      { images: new Float32Array(24) as never },
      'ARGUMENT',
      /images as a Uint8Array.* a Float32Array of 24\. .*Math\.round\(255 \* level\)/,
    ],
    [
      'field 5: Uint16',
      { images: new Uint16Array(24) as never },
      'ARGUMENT',
      /a Uint16Array of 24\. .*level >> 8/,
    ],
    [
      'an ordinary array of pixels',
      { images: Array(24).fill(0) as never },
      'ARGUMENT',
      /an Array of 24\. .*Uint8Array\.from\(images\)/,
    ],
    ['a promise', { images: Promise.resolve() as never }, 'ARGUMENT', /a Promise\. Await it: await images/],
    ['nothing for pixels', { images: undefined as never }, 'ARGUMENT', /received undefined/],
    [
      'field 7: names',
      { labels: Array(12).fill('cat') as never },
      'FORMAT',
      /the string 'cat' at position 0\. .*classNames\.indexOf/,
    ],
    [
      'field 7: one-hot rows',
      { labels: Array(12).fill([0, 1]) as never },
      'FORMAT',
      /an Array of 2 at position 0\. .*row\.indexOf\(1\)/,
    ],
    ['field 7: one-hot rows in one array', { labels: new Uint8Array(144) }, 'MISMATCH', /one-hot rows/],
    ['field 7: NaN', { labels: [...Array(11).fill(1), Number.NaN] }, 'FORMAT', /received NaN at position 11/],
    ['field 7: -1', { labels: new Int8Array(12).fill(-1) }, 'FORMAT', /received -1 at position 0/],
    ['a fraction', { labels: [...Array(11).fill(1), 0.5] }, 'FORMAT', /received 0\.5 at position 11/],
    ['a hole', { labels: Array(12) }, 'FORMAT', /received undefined at position 0/],
    [
      'floats',
      { labels: new Float32Array(12) as never },
      'ARGUMENT',
      /a Float32Array of 12\. .*Int32Array\.from/,
    ],
    ['no labels', { labels: undefined as never }, 'ARGUMENT', /received undefined/],
  ])('%s is refused', (_, change, code, message) => {
    const make = () => pictureDataset({ ...dataset, ...change });
    expect(make).toThrow(expect.objectContaining({ code }));
    expect(make).toThrow(message);
  });
});

describe('the labels that a dataset keeps', () => {
  const blank = (labels: Integers, classes: number) =>
    pictureDataset({
      name: 'many',
      images: new Uint8ClampedArray(labels.length),
      labels,
      shape: [1, 1, 1],
      classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    });

  it('field 6: 990 of 1,000 classes stays 990, in every part', () => {
    const many = blank(new Uint16Array(12).fill(990), 1000);
    expect(limit(many, 3).labels).toEqual(new Uint16Array(3).fill(990));
    const { train, test } = split(many, 5, 1);
    expect([train.labels, test.labels]).toEqual([new Uint16Array(7).fill(990), new Uint16Array(5).fill(990)]);
  });

  it('are those of 65,536 classes and more', () => {
    expect(blank([65_535], 65_536).labels).toEqual(Uint16Array.of(65_535));
    expect(blank([65_536], 65_537).labels).toEqual(Uint32Array.of(65_536));
  });

  it('come in any array of integers', () => {
    const same = Uint8Array.of(0, 2, 1);
    for (const labels of [
      [0, 2, 1],
      Int8Array.of(0, 2, 1),
      Int32Array.of(0, 2, 1),
      Uint8ClampedArray.of(0, 2, 1),
    ]) {
      expect(blank(labels, 3).labels).toEqual(same);
    }
    expect(blank(BigInt64Array.of(0n, 2n, 1n) as never, 3).labels).toEqual(same);
    expect(blank(Uint32Array.of(0, 2, 1), 3).labels).toEqual(Uint32Array.of(0, 2, 1));
  });

  it('stand beside bytes of any view: memory is shared, not copied', () => {
    const memory = Uint8Array.of(9, 1, 2, 3).buffer;
    const of = (images: Bytes) => pictureDataset({ ...dataset, images, labels: [0, 0], shape: [2, 1, 1] });
    expect(of(memory).images).toEqual(new Uint8Array(memory));
    expect(of(new Uint8ClampedArray(memory)).images.buffer).toBe(memory);
    expect(of(Buffer.from(memory)).images.buffer).toBe(memory);
  });
});
