import { describe, expect, it } from 'vitest';
import { beta, gamma } from './beta.js';
import { randomStream } from './stream.js';

const draw = randomStream({ seed: 1, purpose: 'beta test' });
const COUNT = 20_000;

const many = (number: (index: number) => number) => Array.from({ length: COUNT }, (_, i) => number(i));

function moments(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** The largest distance between the share of values below a point and what the distribution says (Kolmogorov-Smirnov). */
function distance(values: number[], distribution: (x: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.reduce((most, x, i) => Math.max(most, Math.abs((i + 0.5) / COUNT - distribution(x))), 0);
}

/** Larger in one test of a thousand. */
const CRITICAL = 1.95 / Math.sqrt(COUNT);

describe('gamma', () => {
  it.each([0.3, 1, 2.5, 40])('of shape %d has that mean and variance', (shape) => {
    const { mean, variance } = moments(many((i) => gamma(draw, i, shape)));
    expect(Math.abs(mean / shape - 1)).toBeLessThan(4 / Math.sqrt(COUNT * shape));
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1);
  });

  it('of shape 1 and 2 is distributed as their formulas say', () => {
    expect(
      distance(
        many((i) => gamma(draw, i, 1)),
        (x) => 1 - Math.exp(-x),
      ),
    ).toBeLessThan(CRITICAL);
    expect(
      distance(
        many((i) => gamma(draw, i, 2)),
        (x) => 1 - Math.exp(-x) * (1 + x),
      ),
    ).toBeLessThan(CRITICAL);
  });
});

describe('beta', () => {
  it.each<[number, number, (x: number) => number]>([
    [1, 1, (x) => x],
    [2, 3, (x) => x ** 2 * (6 - 8 * x + 3 * x ** 2)],
    [0.5, 0.5, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    [3, 1, (x) => x ** 3],
  ])('of %d and %d is distributed as its formula says', (a, b, distribution) => {
    expect(
      distance(
        many((i) => beta(draw, i, a, b)),
        distribution,
      ),
    ).toBeLessThan(CRITICAL);
  });

  it.each([0.2, 1, 8])("of alpha %d has mixup's mean and variance", (alpha) => {
    const { mean, variance } = moments(many((i) => beta(draw, i, alpha, alpha)));
    const expected = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / COUNT));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.05);
  });

  it('is 0 or 1 where both gammas are too small for a number, and never NaN', () => {
    const values = many((i) => beta(draw, i, 1e-4, 1e-4));
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(Math.abs(moments(values).mean - 0.5)).toBeLessThan(0.02);
  });

  it('is a function of the index: in any order, and other for its neighbours', () => {
    const other = randomStream({ seed: 1, purpose: 'beta test' });
    const values = [5, 0, 3].map((i) => beta(other, i, 0.4, 0.4));
    expect(values).toEqual([5, 0, 3].map((i) => beta(draw, i, 0.4, 0.4)));
    expect(new Set(values).size).toBe(3);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the shape %d', (shape) => {
    expect(() => beta(draw, 0, shape, 1)).toThrow(`beta: a: expected a number above 0, received ${shape}`);
    expect(() => gamma(draw, 0, shape)).toThrow(RangeError);
  });
});
