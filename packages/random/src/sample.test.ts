import { describe, expect, it } from 'vitest';
import { normals, permutation, uniforms } from './sample.js';
import { randomStream } from './stream.js';

const options = { seed: 1, purpose: 'test' };

function moments(values: Float32Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

describe('randomStream', () => {
  it('gives the same number at the same index in any order of reading', () => {
    const forward = randomStream(options);
    const backward = randomStream(options);
    const first = Array.from({ length: 9 }, (_, i) => forward.uint32(i));
    const second = Array.from({ length: 9 }, (_, i) => backward.uint32(8 - i)).reverse();
    expect(second).toEqual(first);
  });

  it('separates seeds, purposes and streams', () => {
    const draws = [
      options,
      { ...options, seed: 2 },
      { ...options, purpose: 'other' },
      { ...options, stream: 1 },
    ];
    expect(new Set(draws.map((o) => randomStream(o).uint32(0))).size).toBe(4);
    expect(randomStream({ ...options, seed: 2 ** 32 + 1 }).uint32(0)).not.toBe(
      randomStream(options).uint32(0),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => randomStream({ seed, purpose: 'test' })).toThrow(/seed: expected an integer/);
  });
});

describe('samples', () => {
  it('uniforms fill the range evenly', () => {
    const values = uniforms(options, 100_000, { min: -2, max: 4 });
    const { mean, variance } = moments(values);
    expect(Math.min(...values.subarray(0, 50_000))).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values.subarray(0, 50_000))).toBeLessThan(4);
    expect(mean).toBeCloseTo(1, 1);
    expect(variance).toBeCloseTo(3, 1); // (max - min)^2 / 12
  });

  it('normals have the mean and the standard deviation asked for', () => {
    const { mean, variance } = moments(normals(options, 100_000, { mean: 3, standardDeviation: 2 }));
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
  });

  it('permutation holds every index once and moves most of them', () => {
    const order = permutation(options, 1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(order.filter((value, i) => value === i).length).toBeLessThan(10);
    expect([...permutation(options, 0)]).toEqual([]);
  });

  it('permutation treats every position alike', () => {
    const counts = new Array(4).fill(0);
    for (let stream = 0; stream < 8000; stream++) counts[permutation({ ...options, stream }, 4)[0]!]++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
