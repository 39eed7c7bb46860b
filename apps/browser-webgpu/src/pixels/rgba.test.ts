import { expect, test } from 'vitest';
import { rgbaOf } from './rgba.js';

test('grey and coloured pixels become opaque ones, unless they are told otherwise', () => {
  expect([...rgbaOf(Uint8Array.of(7, 255), 2)]).toEqual([7, 7, 7, 255, 255, 255, 255, 255]);
  expect([...rgbaOf(Uint8Array.of(1, 2, 255, 4, 5, 6), 2)]).toEqual([1, 2, 255, 255, 4, 5, 6, 255]);
  expect([...rgbaOf(Uint8Array.of(9), 1, Uint8Array.of(0))]).toEqual([9, 9, 9, 0]);
});
