import { expect, it } from 'vitest';
import { compareNaturally } from './naturalOrder.js';

it('orders names as people count, whatever the locale', () => {
  const sorted = [
    '1',
    '2',
    '10',
    'B2',
    'a/10',
    'a1',
    'a01',
    'a2',
    'a2b',
    'a10',
    'a123456789012345678901',
    'a1234567890123456789012',
    'b',
    'z',
    'ä',
  ];
  const expected = [
    '1',
    '2',
    '10',
    'B2',
    'a/10',
    'a1',
    'a01',
    'a2',
    'a2b',
    'a10',
    'a123456789012345678901',
    'a1234567890123456789012',
    'b',
    'z',
    'ä',
  ];
  expect([...sorted].reverse().sort(compareNaturally)).toEqual(expected);
  expect(['a-b/1', 'a/2', 'a/1'].sort(compareNaturally)).toEqual(['a/1', 'a/2', 'a-b/1']);
  for (const a of sorted) for (const b of sorted) expect(compareNaturally(a, b) === 0).toBe(a === b);
});
