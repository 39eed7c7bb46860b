import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatInterval, formatLoss, formatShare, oneOf } from './format.js';

describe('format', () => {
  it.each([
    [0, '0s'],
    [59.4, '59s'],
    [59.6, '1m 00s'],
    [75, '1m 15s'],
    [3599.9, '1h 00m'],
    [3660, '1h 01m'],
    [90_000, '1d 1h'],
    [Number.POSITIVE_INFINITY, '?'],
    [Number.NaN, '?'],
  ])('writes %d seconds as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [2.71234, '2.7123'],
    [0, '0.0000'],
    [0.00004, '4.0e-5'],
    [Number.NaN, 'NaN'],
  ])('writes the loss %d as %s', (loss, text) => expect(formatLoss(loss)).toBe(text));

  it('writes counts and shares', () => {
    expect(formatCount(11_178_378)).toBe('11,178,378');
    expect(formatCount(1234.6)).toBe('1,235');
    expect(formatShare(0.90337)).toBe('90.34 %');
    expect(formatInterval([0.92021, 1])).toBe('92.02 to 100.00 %');
  });

  it('writes choices', () => {
    expect(oneOf(['a'])).toBe('a');
    expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
  });
});
