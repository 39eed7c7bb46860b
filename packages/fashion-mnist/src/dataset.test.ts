import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadSource, normalizationOf, parseTask } from '@residual/data';
import { preparePicture as prepare } from '@residual/pictures';
import { describe, expect, it } from 'vitest';
import { classNames, fashionMnist, fashionMnistSource, fashionMnistTask } from './dataset.js';
import type { FileName } from './source.js';

const SHA_256: Record<FileName, string> = {
  'train-images-idx3-ubyte.gz': 'b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7',
  'train-labels-idx1-ubyte.gz': '0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056',
  't10k-images-idx3-ubyte.gz': 'cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa',
  't10k-labels-idx1-ubyte.gz': '8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05',
};
const { train, test } = await fashionMnist();
const preparePicture = (picture: { data: Uint8Array; width: number; height: number }) =>
  prepare(picture, fashionMnistTask);

describe('the files', () => {
  it.each(Object.entries(SHA_256))('94 %s has the published SHA-256', (name, expected) => {
    const bytes = readFileSync(new URL(`../files/${name}`, import.meta.url));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(expected);
  });
});

describe('fashionMnist', () => {
  it.each([
    ['train', train, 60_000],
    ['test', test, 10_000],
  ])('%s has its pictures, 28x28 and grey, with classes of equal size', (_, dataset, length) => {
    expect(dataset).toMatchObject({ length, shape: [28, 28, 1], classNames });
    expect(dataset.images.length).toBe(length * 784);
    const counts = new Array(10).fill(0);
    for (const label of dataset.labels) counts[label]++;
    expect(counts).toEqual(new Array(10).fill(length / 10));
  });

  it('begins with the ankle boot that everybody knows', () => {
    expect(classNames[train.labels[0]!]).toBe('Ankle boot');
    // Row 14 of the first training picture, as numpy reads it.
    expect([...train.images.subarray(14 * 28, 14 * 28 + 8)]).toEqual([0, 0, 1, 4, 6, 7, 2, 0]);
    expect([...train.labels.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    expect([...test.labels.subarray(0, 10)]).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
  });

  it('is the source fashion-mnist, with its task', async () => {
    const row = fashionMnistSource();
    expect(row).toEqual({ name: 'fashion-mnist' });
    const loaded = await loadSource(row);
    expect(loaded.task).toBe(fashionMnistTask);
    expect(parseTask(JSON.parse(JSON.stringify(loaded.task)), 'task')).toEqual(fashionMnistTask);
    expect(normalizationOf(train)).toEqual(fashionMnistTask.normalize);
    expect([loaded.train.length, loaded.test?.length]).toEqual([60_000, 10_000]);
    expect(() => fashionMnistSource({ directroy: '.' } as never)).toThrow(
      /directroy: expected no such field/,
    );
  });

  it('refuses two sources at once', async () => {
    await expect(fashionMnist({ directory: '.', baseUrl: '/' })).rejects.toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining('received both') }),
    );
  });
});

describe('preparePicture on the data set', () => {
  const picture = (index: number) => test.images.subarray(index * 784, (index + 1) * 784);

  it('gives back every test picture unchanged, and also from its negative', () => {
    for (let index = 0; index < test.length; index++) {
      const data = picture(index);
      const fromNegative = preparePicture({ data: data.map((v) => 255 - v), width: 28, height: 28 });
      const same = Buffer.compare(preparePicture({ data, width: 28, height: 28 }), data) === 0;
      expect({ index, same }).toEqual({ index, same: true });
      expect(Buffer.compare(fromNegative, data)).toBe(0);
    }
  });

  it('brings most pictures back to the byte from a large photo on white with a wide margin', () => {
    const width = 28 * 8 + 200;
    const height = 28 * 8 + 100;
    let same = 0;
    for (let index = 0; index < 200; index++) {
      const data = new Uint8Array(width * height).fill(255);
      picture(index).forEach((level, i) => {
        const left = 100 + (i % 28) * 8;
        const top = 50 + Math.floor(i / 28) * 8;
        for (let y = top; y < top + 8; y++) data.fill(255 - level, y * width + left, y * width + left + 8);
      });
      if (Buffer.compare(preparePicture({ data, width, height }), picture(index)) === 0) same++;
    }
    // The others have a nearly black edge that is trimmed away, so they come back a little larger.

    expect(same).toBeGreaterThanOrEqual(180);
  });
});
