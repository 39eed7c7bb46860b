import { uniforms } from '@residual/random';
import { expect, it } from 'vitest';
import { measured, plainMeasured } from './measured.js';

it.each([
  [1, 1],
  [3, 5],
  [16, 1],
  [17, 9],
  [420, 320], // more than sums of 32 bits hold at a time
])('measures %d x %d pixels in WebAssembly as in JavaScript', (width, height) => {
  const levels = uniforms({ seed: width, purpose: 'levels' }, width * height * 3);
  const data = Uint8Array.from(levels, (level) => 256 * level);
  const white = new Uint8Array(data.length).fill(255);
  const almost = Uint8Array.from(white);
  almost[almost.length - 1] = 254;
  for (const pixels of [data, white, almost]) {
    const picture = { data: pixels, width, height };
    expect(measured(picture)).toEqual(plainMeasured(picture));
  }
  expect(measured({ data: white, width, height }).isGrey).toBe(true);
  expect(measured({ data: almost, width, height }).isGrey).toBe(false);
});
