import { expect, test } from 'vitest';
import { isOutline } from './stroke.js';

const through = (...places: [x: number, y: number][]) => places.map(([x, y]) => ({ x, y, width: 10 }));

test('a stroke that comes back to where it began is an outline', () => {
  expect(isOutline(through([50, 50], [200, 50], [200, 200], [50, 200], [50, 70]))).toBe(true);
});

test('a line, a wide arc, a dot and nothing are not', () => {
  expect(isOutline(through([50, 50], [200, 200]))).toBe(false);
  expect(isOutline(through([50, 50], [120, 200], [200, 50]))).toBe(false);
  expect(isOutline(through([50, 50], [52, 52], [50, 50]))).toBe(false);
  expect(isOutline([])).toBe(false);
});
