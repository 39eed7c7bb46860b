import type { Augmentation } from '@residual/data';
import { describe, expect, it } from 'vitest';
import * as rows from './augment.js';
import { augmentationsOf } from './step.js';

const randomFlip = () => augmentationsOf([rows.randomFlip()])[0]!;
const horizontalFlip = (probability: number) => augmentationsOf([rows.horizontalFlip({ probability })])[0]!;
const alternatingFlip = () => augmentationsOf([rows.alternatingFlip()])[0]!;
const shiftedCrop = (parameters: { padding: number }) => augmentationsOf([rows.shiftedCrop(parameters)])[0]!;

const context = { shape: [2, 3, 2], seed: 0, epoch: 0, index: 0 } as const;
/** Two rows of three pixels of two channels: the tens digit counts pixels, the ones digit channels. */
const picture = Uint8Array.of(10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61);
const mirrored = [30, 31, 20, 21, 10, 11, 60, 61, 50, 51, 40, 41];

function apply(
  augment: Augmentation,
  changes: { seed?: number; epoch?: number; index?: number } = {},
): number[] {
  const before = { data: picture.slice(), height: 2, width: 3 };
  const { data, height, width } = augment(before, { ...context, ...changes });
  expect([before.data, height, width]).toEqual([picture, 2, 3]);
  return [...data];
}

/** Whether each of the first examples comes out mirrored; it must be either that or unchanged. */
function flips(
  augment: Augmentation,
  changes: { seed?: number; epoch?: number } = {},
  examples = 1000,
): boolean[] {
  return Array.from({ length: examples }, (_, index) => {
    const result = apply(augment, { ...changes, index });
    expect([mirrored, [...picture]]).toContainEqual(result);
    return result[0] === 30;
  });
}

function share(values: boolean[]): number {
  return values.filter(Boolean).length / values.length;
}

describe.each([
  ['randomFlip', randomFlip()],
  ['horizontalFlip', horizontalFlip(0.5)],
  ['alternatingFlip', alternatingFlip()],
  ['shiftedCrop', shiftedCrop({ padding: 1 })],
])('%s', (_, augment) => {
  it('is a pure function of the seed, the epoch and the index', () => {
    const at = { seed: 3, epoch: 4, index: 5 };
    expect(apply(augment, at)).toEqual(apply(augment, at));
  });

  it('differs between seeds and between examples', () => {
    const draws = (seed: number) => Array.from({ length: 50 }, (_, index) => apply(augment, { seed, index }));
    expect(draws(1)).not.toEqual(draws(2));
    expect(new Set(draws(1).map(String)).size).toBeGreaterThan(1);
  });
});

describe('randomFlip', () => {
  it('mirrors half of the examples, others in another epoch', () => {
    const first = flips(randomFlip());
    const second = flips(randomFlip(), { epoch: 1 });
    expect(Math.abs(share(first) - 0.5)).toBeLessThan(0.06); // 4 standard deviations of 1000 coins
    expect(Math.abs(share(first.map((flip, i) => flip === second[i])) - 0.5)).toBeLessThan(0.06);
  });
});

describe('horizontalFlip', () => {
  it.each([0, 0.2, 1])('mirrors with probability %d', (probability) => {
    expect(Math.abs(share(flips(horizontalFlip(probability))) - probability)).toBeLessThan(0.06);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses a probability of %s', (probability) => {
    expect(() => horizontalFlip(probability)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});

describe('alternatingFlip', () => {
  it('mirrors half of the examples at first, then alternates', () => {
    const first = flips(alternatingFlip());
    expect(Math.abs(share(first) - 0.5)).toBeLessThan(0.06);
    expect(flips(alternatingFlip(), { epoch: 1 })).toEqual(first.map((flip) => !flip));
    expect(flips(alternatingFlip(), { epoch: 2 })).toEqual(first);
  });

  it('mirrors pictures of even width too', () => {
    const even = Uint8Array.of(1, 2, 3, 4);
    const index = flips(alternatingFlip()).indexOf(true);
    const { data } = alternatingFlip()({ data: even, height: 1, width: 4 }, { ...context, index });
    expect([...data]).toEqual([4, 3, 2, 1]);
  });
});

describe('shiftedCrop', () => {
  /** The crop of the padded picture at each offset, computed the long way. */
  function crops(padding: number): string[] {
    const at = (y: number, x: number, c: number) =>
      y < 0 || y > 1 || x < 0 || x > 2 ? 0 : picture[(y * 3 + x) * 2 + c]!;
    const all: string[] = [];
    for (let down = -padding; down <= padding; down++) {
      for (let right = -padding; right <= padding; right++) {
        const crop = [...picture.keys()].map((i) => at(((i / 6) | 0) + down, ((i % 6) >> 1) + right, i % 2));
        all.push(String(crop));
      }
    }
    return all;
  }

  it.each([1, 2, 4])('cuts every piece of a picture padded by %i, and nothing else', (padding) => {
    const augment = shiftedCrop({ padding });
    const seen = new Set(Array.from({ length: 2000 }, (_, index) => String(apply(augment, { index }))));
    expect(seen).toEqual(new Set(crops(padding)));
  });

  it('draws every offset alike', () => {
    const augment = shiftedCrop({ padding: 1 });
    const counts = new Map<string, number>();
    for (let index = 0; index < 9000; index++) {
      const crop = String(apply(augment, { index }));
      counts.set(crop, (counts.get(crop) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it('moves a picture in a Node Buffer too', () => {
    const augment = shiftedCrop({ padding: 1 });
    for (let index = 0; index < 20; index++) {
      const buffer = Buffer.from(picture);
      const { data } = augment({ data: buffer, height: 2, width: 3 }, { ...context, index });
      expect([...data]).toEqual(apply(augment, { index }));
    }
  });

  it('leaves the picture alone without padding', () => {
    expect(apply(shiftedCrop({ padding: 0 }))).toEqual([...picture]);
  });

  it.each([-1, 0.5, Number.NaN])('refuses a padding of %s', (padding) => {
    expect(() => shiftedCrop({ padding })).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});
