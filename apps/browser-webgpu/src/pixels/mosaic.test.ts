import { expect, test } from 'vitest';
import { mosaic } from './mosaic.js';

test('large pictures lie side by side, with a gap of one pixel', () => {
  const side = 16;
  const pixels = Uint8Array.from({ length: 3 * side * side }, (_, i) => 1 + Math.floor(i / (side * side)));
  const {
    width,
    height,
    pixels: grey,
    alpha,
  } = mosaic({ width: side, height: side, channels: 1, pixels }, 2);
  expect([width, height]).toEqual([33, 16]);
  expect([grey[0], grey[15], grey[16], grey[17], grey[32]]).toEqual([1, 1, 0, 2, 2]);
  expect([alpha[15], alpha[16], alpha[17]]).toEqual([255, 0, 255]);
  expect(grey).not.toContain(3);
});

test('small ones are enlarged, 8 in a row and 16 of many', () => {
  const pixels = Uint8Array.from({ length: 65 * 9 }, (_, i) => i % 9);
  const few = mosaic({ width: 3, height: 3, channels: 1, pixels }, 9);
  expect([few.width, few.height]).toEqual([8 * 19 - 1, 2 * 19 - 1]);
  expect([...few.pixels.subarray(0, 20)]).toEqual([
    ...Array(6).fill(0),
    ...Array(6).fill(1),
    ...Array(6).fill(2),
    0,
    0,
  ]);
  expect(few.pixels[6 * few.width]).toBe(3);
  expect(few.alpha[20 * few.width + 25]).toBe(0); // the second row has one
  expect(mosaic({ width: 3, height: 3, channels: 1, pixels }, 65).width).toBe(16 * 19 - 1);
});

test('colours stay together', () => {
  const [red, blue] = [
    [255, 0, 0],
    [0, 0, 255],
  ] as const;
  const pixels = Uint8Array.from([...red, ...blue]); // two pictures of one pixel
  const drawn = mosaic({ width: 1, height: 1, channels: 3, pixels }, 2);
  expect([drawn.width, drawn.height, drawn.pixels.length]).toEqual([33, 16, 3 * 33 * 16]);
  expect([...drawn.pixels.subarray(45, 54)]).toEqual([...red, 0, 0, 0, ...blue]);
});
