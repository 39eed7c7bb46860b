import { expect, test } from 'vitest';
import { pathOf } from './plot.js';

test('a path has a gap where a value is not finite', () => {
  const points = [1, 2, Number.NaN, 4, Number.POSITIVE_INFINITY].map((y, x) => ({ x, y }));
  const path = pathOf(
    points,
    (x) => 10 * x,
    (y) => y / 3,
  );
  expect(path).toBe('M0.00 0.33h0L10.00 0.67M30.00 1.33h0');
  expect(pathOf([], Number, Number)).toBe('');
});
