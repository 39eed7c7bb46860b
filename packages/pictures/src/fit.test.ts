import { describe, expect, it } from 'vitest';
import { center, resizeArea, trim } from './fit.js';

describe('trim', () => {
  it('keeps the smallest part that holds everything visible', () => {
    // 4 rows of 4: a speck of 12 (below 5 %), and two visible pixels.
    const data = Uint8Array.of(12, 0, 0, 0, 0, 0, 99, 0, 0, 50, 0, 0, 0, 0, 0, 0);
    const trimmed = trim({ data, width: 4, height: 4 });
    expect(trimmed).toEqual({ data: Uint8Array.of(0, 99, 50, 0), width: 2, height: 2 });
  });

  it('leaves a black picture whole', () => {
    const black = { data: new Uint8Array(6), width: 3, height: 2 };
    expect(trim(black)).toEqual(black);
  });
});

describe('resizeArea', () => {
  it('averages whole blocks', () => {
    const data = Uint8Array.of(0, 10, 100, 100, 20, 30, 100, 104);
    expect([...resizeArea({ data, width: 4, height: 2 }, 1, 2).data]).toEqual([15, 101]);
  });

  it('shares a pixel between the two that cover it', () => {
    // Three pixels to two: each new one covers one and a half old ones.
    expect([...resizeArea({ data: Uint8Array.of(0, 90, 240), width: 3, height: 1 }, 1, 2).data]).toEqual([
      30, 190,
    ]);
  });

  it('repeats pixels when enlarging by a whole factor', () => {
    const enlarged = resizeArea({ data: Uint8Array.of(7, 9), width: 2, height: 1 }, 2, 4);
    expect([...enlarged.data]).toEqual([7, 7, 9, 9, 7, 7, 9, 9]);
  });

  it('keeps flat pictures flat and the same size unchanged, whatever the factor', () => {
    for (const size of [1, 5, 28, 37, 200]) {
      const flat = resizeArea({ data: new Uint8Array(41 * 23).fill(201), width: 41, height: 23 }, size, size);
      expect(new Set(flat.data)).toEqual(new Set([201]));
    }
    const picture = { data: Uint8Array.from({ length: 35 }, (_, i) => 7 * i), width: 5, height: 7 };
    expect(resizeArea(picture, 7, 5)).toEqual(picture);
  });
});

describe('center', () => {
  it('puts the picture in the middle, the odd pixel of a margin at the top and on the left', () => {
    const { data } = center({ data: Uint8Array.of(1, 2), width: 2, height: 1 }, 4, 3);
    expect([...data]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0]);
  });
});
