import { describe, expect, it } from 'vitest';
import { relativeError as relativeErrorOfDoubles } from '../src/testing/naive.js';
import { relativeDistance, relativeError } from './support.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const comparators = {
  relativeError,
  relativeDistance,
  relativeErrorOfDoubles: (actual: number[], expected: number[]) =>
    relativeErrorOfDoubles(actual, { shape: [expected.length], values: new Float64Array(expected) }),
};

// A comparator that a NaN slips through would call anything right.
describe.each(Object.entries(comparators))('%s', (_, compare) => {
  it.each([
    [[nan], [1]],
    [[1], [nan]],
    [[infinity], [1]],
    [[1], [infinity]],
    [[infinity], [-infinity]],
    [[nan], [infinity]],
    [[infinity], [nan]],
  ])('takes %j for %j as a mismatch, wherever it stands', (actual, expected) => {
    for (const [before, after] of [
      [[], []],
      [[1, 2], []],
      [[], [1, 2]],
      [
        [1, 2],
        [3, 4],
      ],
      [[0], [0]],
    ] as number[][][]) {
      const error = compare([...before!, ...actual, ...after!], [...before!, ...expected, ...after!]);
      expect(error).toBe(infinity);
      // As the tests ask.
      expect(() => expect(error).toBeLessThan(1e-6)).toThrow();
    }
  });

  it('finds a difference, whatever surrounds it', () => {
    for (const [actual, expected] of [
      [
        [1.5, 2, 3],
        [1, 2, 3],
      ],
      [
        [1, 2.5, 3],
        [1, 2, 3],
      ],
      [
        [1, 2, 3.5],
        [1, 2, 3],
      ],
    ] as [number[], number[]][]) {
      expect(compare(actual, expected)).toBeGreaterThan(0.1);
      expect(compare(expected, expected)).toBe(0);
    }
    expect(compare([1e-3, 0], [0, 0])).toBeGreaterThan(1);
    expect(compare([0, 0], [0, 0])).toBe(0);
  });

  it('refuses lists of different lengths', () => {
    const error = () => compare([1, 2], [1]);
    expect(() => expect(error()).toBeLessThan(1e-6)).toThrow();
  });
});
