import { expect, test } from 'vitest';
import { epochTicks, lossTop, scalesOf } from './scales.js';

test('the loss axis ends at a round number above every loss', () => {
  expect([0.05, 0.31, 0.97, 1.1, 2.31, 7.2, 9.5].map((loss) => lossTop([loss]))).toEqual([
    0.1, 0.4, 1, 1.2, 2.4, 8, 10,
  ]);
  expect(lossTop([Number.NaN, 0.5])).toBe(0.5);
  expect(lossTop([Math.log(10)])).toBe(2.4);
  expect(lossTop([Math.log(13)])).toBe(3);
});

test('ticks are whole epochs, and few', () => {
  expect(epochTicks(3, 10)).toEqual([0, 1, 2, 3]);
  expect(epochTicks(30, 6)).toEqual([0, 5, 10, 15, 20, 25, 30]);
});

test('values lie inside the frame, upside up', () => {
  const frame = { width: 100, height: 50, left: 10, right: 20, top: 5, bottom: 15 };
  const { x, loss, share } = scalesOf(frame, 4, [2]);
  expect([x(0), x(4)]).toEqual([10, 80]);
  expect([loss(0), loss(2)]).toEqual([35, 5]);
  expect([share(0), share(1)]).toEqual([35, 5]);
});
