import type { Fingerprint, RawPicture } from '@residual/data';
import { toGrey } from './grey.js';

/** Rows, and places in a row. */
const SIDE = 8;

/**
 * A picture's brightness in 8 rows of 8 places, each the rounded mean of its pixels: what is left of it however it was saved, resized or
 * blurred. Whole numbers only, so that the bytes are the same wherever they are computed. Transparent places as `grey` has them.
 *
 * @returns 64 bytes, row by row.
 * @throws PicturesError `MISMATCH` when the data do not fill width x height with 1 to 4 channels.
 */
export function fingerprint(picture: RawPicture): Fingerprint {
  const { data, width, height } = toGrey(picture);
  const levels = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    const [top, bottom] = between(row, height);
    for (let column = 0; column < SIDE; column++) {
      const [left, right] = between(column, width);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += data[y * width + x]!;
      }
      const count = (bottom - top) * (right - left);
      levels[row * SIDE + column] = Math.floor((2 * sum + count) / (2 * count)); // rounded
    }
  }
  return levels;
}

/** The pixels of a place: at least one, of a picture with fewer than it has places. */
function between(place: number, pixels: number): [from: number, to: number] {
  const from = Math.floor((place * pixels) / SIDE);
  return [from, Math.max(from + 1, Math.floor(((place + 1) * pixels) / SIDE))];
}
