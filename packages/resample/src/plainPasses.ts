import type { Axes, Axis } from './axis.js';
import { COEFFICIENT_BITS } from './coefficients.js';

/** One half, in fixed point: what is cut off after it is rounded. */
const HALF = 1 << (COEFFICIENT_BITS - 1);

/** The passes of a resize in JavaScript, of [H, W, C]; one at least of the axes has two lengths. */
export function plainPasses(
  data: Uint8Array | Uint8ClampedArray,
  { along, down, isVerticalFirst }: Axes,
  channels: number,
): Uint8Array<ArrayBuffer> {
  let x = data;
  if (isVerticalFirst) x = resizeDown(x, along.from * channels, down); // [h, W, C]
  if (along.from !== along.to) x = resizeAlong(x, channels, along); // [., w, C]
  if (!isVerticalFirst && down.from !== down.to) x = resizeDown(x, along.to * channels, down); // [h, w, C]
  return x as Uint8Array<ArrayBuffer>;
}

/** x [rows, from, channels] to [rows, to, channels]. */
function resizeAlong(
  x: Uint8Array | Uint8ClampedArray,
  channels: number,
  { from, to, taps, first, coefficients, counts }: Axis,
): Uint8Array<ArrayBuffer> {
  const rows = x.length / (from * channels);
  const out = new Uint8ClampedArray(rows * to * channels); // a cubic's sums may leave the range
  if (channels === 3) {
    // All channels of a pixel at once: most pictures have three, and so it takes half the time.
    for (let row = 0, at = 0; row < rows; row++) {
      for (let i = 0; i < to; i++, at += 3) {
        let pixel = (row * from + first[i]!) * 3;
        const last = i * taps + counts[i]!;
        let red = HALF;
        let green = HALF;
        let blue = HALF;
        for (let t = i * taps; t < last; t++, pixel += 3) {
          const coefficient = coefficients[t]!;
          red = (red + Math.imul(x[pixel]!, coefficient)) | 0;
          green = (green + Math.imul(x[pixel + 1]!, coefficient)) | 0;
          blue = (blue + Math.imul(x[pixel + 2]!, coefficient)) | 0;
        }
        out[at] = red >> COEFFICIENT_BITS;
        out[at + 1] = green >> COEFFICIENT_BITS;
        out[at + 2] = blue >> COEFFICIENT_BITS;
      }
    }
    return new Uint8Array(out.buffer);
  }
  for (let row = 0, at = 0; row < rows; row++) {
    for (let i = 0; i < to; i++) {
      const start = (row * from + first[i]!) * channels;
      const count = counts[i]!;
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF;
        for (let t = 0; t < count; t++) {
          sum = (sum + Math.imul(x[start + t * channels + channel]!, coefficients[i * taps + t]!)) | 0;
        }
        out[at++] = sum >> COEFFICIENT_BITS;
      }
    }
  }
  return new Uint8Array(out.buffer);
}

/** x [from, rowLength] to [to, rowLength]. */
function resizeDown(
  x: Uint8Array | Uint8ClampedArray,
  rowLength: number,
  { to, taps, first, coefficients, counts }: Axis,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8ClampedArray(to * rowLength);
  const sums = new Int32Array(rowLength);
  for (let i = 0, at = 0; i < to; i++) {
    const count = counts[i]!;
    sums.fill(HALF);
    for (let t = 0; t < count; t++) {
      const coefficient = coefficients[i * taps + t]!;
      if (coefficient === 0) continue;
      const start = (first[i]! + t) * rowLength;
      for (let j = 0; j < rowLength; j++) sums[j] = sums[j]! + Math.imul(x[start + j]!, coefficient);
    }
    for (let j = 0; j < rowLength; j++) out[at++] = sums[j]! >> COEFFICIENT_BITS;
  }
  return new Uint8Array(out.buffer);
}
