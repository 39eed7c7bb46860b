import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './wilsonInterval.js';

describe('wilsonInterval', () => {
  // SciPy 1.17.1: binomtest(correct, count).proportion_ci(method='wilson')
  it.each([
    [0, 10, 0, 0.27753279986],
    [10, 10, 0.72246720014, 1],
    [1, 2, 0.09453120573, 0.90546879427],
    [937, 1000, 0.9202050763, 0.95045033679],
    [9370, 10_000, 0.93206816426, 0.94159622117],
  ])('of %i of %i', (correct, count, low, high) => {
    const interval = wilsonInterval(correct, count);
    expect(interval[0]).toBeCloseTo(low, 10);
    expect(interval[1]).toBeCloseTo(high, 10);
  });

  it.each([
    [1, 0],
    [2, 1],
    [-1, 5],
    [0.5, 5],
    [Number.NaN, 5],
  ])('refuses %d of %d', (correct, count) => {
    expect(() => wilsonInterval(correct, count)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});
