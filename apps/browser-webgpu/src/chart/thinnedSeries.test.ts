import { expect, test } from 'vitest';
import { ThinnedSeries } from './thinnedSeries.js';

test('few points are kept as they are', () => {
  const series = new ThinnedSeries(8);
  for (let x = 0; x < 5; x++) series.add({ x, y: x * x });
  expect(series.points).toEqual([0, 1, 2, 3, 4].map((x) => ({ x, y: x * x })));
});

test('many points become means, in order, with the last ones included', () => {
  const series = new ThinnedSeries(8);
  const count = 1003;
  for (let x = 0; x < count; x++) series.add({ x, y: 2 * x });
  const { points } = series;
  expect(points.length).toBeLessThanOrEqual(8);
  expect(points.every(({ x, y }) => y === 2 * x)).toBe(true);
  expect(points.map(({ x }) => x)).toEqual([...points.map(({ x }) => x)].sort((a, b) => a - b));
  expect(points.at(-1)!.x).toBeGreaterThan(count - 1 - 1024 / 4);
});
