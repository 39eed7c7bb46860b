import { describe, expect, it } from 'vitest';
import { centerCrop, crop } from './crop.js';
import { fiveCrop } from './fiveCrop.js';
import { applySteps, sizeAfter } from './step.js';

const picture = (height: number, width: number, channels: number) => ({
  data: Uint8Array.from({ length: height * width * channels }, (_, i) => (i * 37) % 251),
  height,
  width,
});

describe('fiveCrop', () => {
  it.each([1, 3])('puts the corners and the middle one above the other (%i channels)', (channels) => {
    const from = picture(9, 12, channels);
    const size = { height: 4, width: 5 };
    const stacked = applySteps(from, [fiveCrop(size)]);
    expect([stacked.height, stacked.width]).toEqual([20, 5]);
    expect(sizeAfter([fiveCrop(size)])).toEqual([20, 5]);
    const corners = [
      [0, 0],
      [0, 7],
      [5, 0],
      [5, 7],
    ].map(([top, left]) => crop(from, { top: top!, left: left!, ...size }));
    const pieces = [...corners, applySteps(from, [centerCrop(size)])];
    expect([...stacked.data]).toEqual(pieces.flatMap(({ data }) => [...data]));
  });

  it('has black around a picture that is smaller, as centerCrop has', () => {
    const from = picture(3, 8, 1);
    const size = { height: 5, width: 4 };
    const { data } = applySteps(from, [fiveCrop(size)]);
    const middle = applySteps(from, [centerCrop(size)]);
    expect([...data.subarray(80)]).toEqual([...middle.data]);
    const top = applySteps(crop(from, { top: 0, left: 0, height: 3, width: 4 }), [centerCrop(size)]);
    expect([...data.subarray(0, 20)]).toEqual([...top.data]);
  });
});
