import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatRate } from './format.js';

test('numbers are for people', () => {
  expect(formatCount(11178378)).toBe('11,178,378');
  expect([312.4, 8.37].map(formatRate)).toEqual(['312', '8.4']);
  expect([1200, 3_700_000, 134_000_000, 4.2e9].map(formatBytes)).toEqual([
    '1.2 kB',
    '3.7 MB',
    '134 MB',
    '4.2 GB',
  ]);
  expect([9.6, 75, 3725].map(formatDuration)).toEqual(['10 s', '1 min 15 s', '1 h 2 min']);
});
