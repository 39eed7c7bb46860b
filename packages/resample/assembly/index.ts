// The two passes of Pillow's resize of 8-bit pictures. Source: Pillow, `Resample.c`, `ImagingResampleHorizontal_8bpc` and
// `ImagingResampleVertical_8bpc`.

// A coefficient of 22 bits after the point is too wide for the one instruction that multiplies and adds pairs of 16 bits. So it
// comes in two halves (src/vectorPasses.ts): c = high * 2^15 + low. Sums wrap at 32 bits, and come out as Pillow's do.
const LOW_BITS: i32 = 15;
const BITS: i32 = 32 - 8 - 2;
const HALF: i32 = 1 << (BITS - 1);
// No byte of a vector, which gives 0; also when a little is added.
const NO: i8 = -128;

// An axis: the first input of each output, how many pairs of taps it has, and `stride` pairs of coefficients for each: the low halves
// of both (2 x int16), then the high ones. What is beyond an output's taps is 0; inputs are read there too.

/**
 * x [rows, from, C] to y [rows, to, C], bytes, four rows at a time. Up to 16 bytes beyond the taps of an output are read.
 */
export function along(
  x: usize, y: usize, rows: i32, from: i32, to: i32, channels: i32,
  firsts: usize, pairs: usize, coefficients: usize, stride: i32,
): void {
  const xRow = <usize>(from * channels);
  const yRow = <usize>(to * channels);
  const step = <usize>(channels << 2);
  const left = leftPair(channels);
  const right = i8x16.add(left, i8x16.splat(<i8>(channels << 1))); // NO stays out of range
  const last = rows - 1;
  for (let row = 0; row < rows; row += 4) {
    const x0 = x + <usize>row * xRow;
    const x1 = x + <usize>min(row + 1, last) * xRow;
    const x2 = x + <usize>min(row + 2, last) * xRow;
    const x3 = x + <usize>min(row + 3, last) * xRow;
    let y0 = y + <usize>row * yRow;
    let y1 = y + <usize>min(row + 1, last) * yRow;
    let y2 = y + <usize>min(row + 2, last) * yRow;
    let y3 = y + <usize>min(row + 3, last) * yRow;
    for (let i = 0; i < to; i++) {
      let at = <usize>(load<i32>(firsts + (<usize>i << 2)) * channels);
      let c = coefficients + (<usize>(i * stride) << 3);
      const end = c + (<usize>load<i32>(pairs + (<usize>i << 2)) << 3);
      let low0 = i32x4.splat(HALF);
      let low1 = low0;
      let low2 = low0;
      let low3 = low0;
      let high0 = i32x4.splat(0);
      let high1 = high0;
      let high2 = high0;
      let high3 = high0;
      for (; c < end; c += 16, at += step) {
        const lowLeft = v128.load32_splat(c);
        const highLeft = v128.load32_splat(c, 4);
        const lowRight = v128.load32_splat(c, 8);
        const highRight = v128.load32_splat(c, 12);
        let pixels = v128.load(x0 + at);
        let a = i8x16.swizzle(pixels, left);
        let b = i8x16.swizzle(pixels, right);
        low0 = i32x4.add(low0, i32x4.add(i32x4.dot_i16x8_s(a, lowLeft), i32x4.dot_i16x8_s(b, lowRight)));
        high0 = i32x4.add(high0, i32x4.add(i32x4.dot_i16x8_s(a, highLeft), i32x4.dot_i16x8_s(b, highRight)));
        pixels = v128.load(x1 + at);
        a = i8x16.swizzle(pixels, left);
        b = i8x16.swizzle(pixels, right);
        low1 = i32x4.add(low1, i32x4.add(i32x4.dot_i16x8_s(a, lowLeft), i32x4.dot_i16x8_s(b, lowRight)));
        high1 = i32x4.add(high1, i32x4.add(i32x4.dot_i16x8_s(a, highLeft), i32x4.dot_i16x8_s(b, highRight)));
        pixels = v128.load(x2 + at);
        a = i8x16.swizzle(pixels, left);
        b = i8x16.swizzle(pixels, right);
        low2 = i32x4.add(low2, i32x4.add(i32x4.dot_i16x8_s(a, lowLeft), i32x4.dot_i16x8_s(b, lowRight)));
        high2 = i32x4.add(high2, i32x4.add(i32x4.dot_i16x8_s(a, highLeft), i32x4.dot_i16x8_s(b, highRight)));
        pixels = v128.load(x3 + at);
        a = i8x16.swizzle(pixels, left);
        b = i8x16.swizzle(pixels, right);
        low3 = i32x4.add(low3, i32x4.add(i32x4.dot_i16x8_s(a, lowLeft), i32x4.dot_i16x8_s(b, lowRight)));
        high3 = i32x4.add(high3, i32x4.add(i32x4.dot_i16x8_s(a, highLeft), i32x4.dot_i16x8_s(b, highRight)));
      }
      // Four pixels as bytes, one of each row: [row, 4].
      const rows01 = i16x8.narrow_i32x4_s(level(low0, high0), level(low1, high1));
      const rows23 = i16x8.narrow_i32x4_s(level(low2, high2), level(low3, high3));
      const levels = i8x16.narrow_i16x8_u(rows01, rows23);
      if ((to - i) * channels >= 4) {
        // Of fewer channels than four, zeros lie where the next pixel comes.
        v128.store32_lane(y0, levels, 0);
        v128.store32_lane(y1, levels, 1);
        v128.store32_lane(y2, levels, 2);
        v128.store32_lane(y3, levels, 3);
      } else {
        storePixel(y0, i32x4.extract_lane(levels, 0), channels);
        storePixel(y1, i32x4.extract_lane(levels, 1), channels);
        storePixel(y2, i32x4.extract_lane(levels, 2), channels);
        storePixel(y3, i32x4.extract_lane(levels, 3), channels);
      }
      y0 += channels;
      y1 += channels;
      y2 += channels;
      y3 += channels;
    }
  }
}

/**
 * x [from, rowBytes] to y [to, rowBytes], bytes. One row beyond the last tap's is read, and up to 15 bytes; up to 15 are written beyond
 * the last row.
 */
export function down(
  x: usize, y: usize, to: i32, rowBytes: usize,
  firsts: usize, pairs: usize, coefficients: usize, stride: i32,
): void {
  for (let i = 0; i < to; i++, y += rowBytes) {
    const start = x + <usize>load<i32>(firsts + (<usize>i << 2)) * rowBytes;
    const first = coefficients + (<usize>(i * stride) << 3);
    const end = first + (<usize>load<i32>(pairs + (<usize>i << 2)) << 3);
    for (let column: usize = 0; column < rowBytes; column += 16) {
      let low0 = i32x4.splat(HALF);
      let low1 = low0;
      let low2 = low0;
      let low3 = low0;
      let high0 = i32x4.splat(0);
      let high1 = high0;
      let high2 = high0;
      let high3 = high0;
      for (let c = first, at = start + column; c < end; c += 8, at += rowBytes << 1) {
        const low = v128.load32_splat(c);
        const high = v128.load32_splat(c, 4);
        const upper = v128.load(at);
        const lower = v128.load(at + rowBytes);
        const a = i8x16.shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const b = i8x16.shuffle(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        let both = i16x8.extend_low_i8x16_u(a);
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(both, low));
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(both, high));
        both = i16x8.extend_high_i8x16_u(a);
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(both, low));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(both, high));
        both = i16x8.extend_low_i8x16_u(b);
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(both, low));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(both, high));
        both = i16x8.extend_high_i8x16_u(b);
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(both, low));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(both, high));
      }
      const first8 = i16x8.narrow_i32x4_s(level(low0, high0), level(low1, high1));
      const last8 = i16x8.narrow_i32x4_s(level(low2, high2), level(low3, high3));
      v128.store(y + column, i8x16.narrow_i16x8_u(first8, last8));
    }
  }
}

/** Where the bytes of two pixels side by side come from to stand in pairs, a channel each, as int16; elsewhere 0. */
function leftPair(channels: i32): v128 {
  if (channels == 1) return i8x16(0, NO, 1, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO);
  if (channels == 2) return i8x16(0, NO, 2, NO, 1, NO, 3, NO, NO, NO, NO, NO, NO, NO, NO, NO);
  if (channels == 3) return i8x16(0, NO, 3, NO, 1, NO, 4, NO, 2, NO, 5, NO, NO, NO, NO, NO);
  return i8x16(0, NO, 4, NO, 1, NO, 5, NO, 2, NO, 6, NO, 3, NO, 7, NO);
}

// @ts-ignore: decorator
@inline
function level(low: v128, high: v128): v128 {
  return i32x4.shr_s(i32x4.add(low, i32x4.shl(high, LOW_BITS)), BITS);
}

function storePixel(y: usize, bytes: i32, channels: i32): void {
  for (let channel = 0; channel < channels; channel++, bytes >>= 8) store<u8>(y + channel, <u8>bytes);
}
