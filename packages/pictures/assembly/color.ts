// Levels of brightness and of two colours, to red, green and blue. Sources: libjpeg-turbo, `jdsample.c` (`h2v1_fancy_upsample`,
// `h2v2_fancy_upsample`: a triangle filter) and `jdcolor.c` (`ycc_rgb_convert`: JFIF's formulas in 16 bits after the point).

/** What rows of colours have before their first value and behind the last: the outermost, once more. */
const BESIDE: usize = 16;
const MIDDLE: i32 = 128;

/** How many bytes a row of colours takes while it is made, of so many pixels. */
export function rowBytes(width: i32): usize {
  return 2 * (<usize>width + 64) + 2 * BESIDE;
}

/**
 * A row of colours as it is stored, [width] bytes to int16 less 128.
 *
 * @param to as many as whole vectors hold
 */
export function plainRow(row: usize, width: i32, to: usize): void {
  const middle = i16x8.splat(<i16>MIDDLE);
  for (let x = 0; x < width; x += 8, row += 8, to += 16) {
    v128.store(to, i16x8.sub(v128.load8x8_u(row), middle));
  }
}

/** The same of a row with half the columns: three parts of the nearest, one of the other side's, to the left and right in turns. */
export function widerRow(row: usize, width: i32, sums: usize, to: usize): void {
  const values = sums + BESIDE;
  for (let x: usize = 0; x < <usize>width; x += 8) v128.store(values + 2 * x, v128.load8x8_u(row + x));
  spread(values, width, to, 1, 2, 2);
}

/** The same of two rows, each of half the columns: three parts of the nearest row, one of the other. */
export function widerRowOfTwo(nearest: usize, other: usize, width: i32, sums: usize, to: usize): void {
  const values = sums + BESIDE;
  const three = i16x8.splat(3);
  for (let x: usize = 0; x < <usize>width; x += 8) {
    v128.store(values + 2 * x, i16x8.add(i16x8.mul(v128.load8x8_u(nearest + x), three), v128.load8x8_u(other + x)));
  }
  spread(values, width, to, 8, 7, 4);
}

// @ts-ignore: decorator
@inline
function spread(values: usize, width: i32, to: usize, leftHalf: i16, rightHalf: i16, shift: i32): void {
  const end = values + 2 * <usize>width;
  store<i16>(values - 2, load<i16>(values));
  store<i16>(end, load<i16>(end - 2));
  const three = i16x8.splat(3);
  const middle = i16x8.splat(<i16>MIDDLE);
  for (let at = values; at < end; at += 16, to += 32) {
    const mine = i16x8.mul(v128.load(at), three);
    const left = i16x8.add(i16x8.add(mine, v128.load(at - 2)), i16x8.splat(leftHalf));
    const right = i16x8.add(i16x8.add(mine, v128.load(at + 2)), i16x8.splat(rightHalf));
    const a = i16x8.sub(i16x8.shr_u(left, shift), middle);
    const b = i16x8.sub(i16x8.shr_u(right, shift), middle);
    v128.store(to, i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(to, i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  }
}

/** Bytes of brightness, and both colours as int16, to [width, 3] bytes; up to 45 are written beyond. */
export function colored(y: usize, blueness: usize, redness: usize, width: i32, to: usize): void {
  for (let x = 0; x < width; x += 16, y += 16, blueness += 32, redness += 32, to += 48) {
    const levels = v128.load(y);
    const y0 = i16x8.extend_low_i8x16_u(levels);
    const y1 = i16x8.extend_high_i8x16_u(levels);
    const u0 = v128.load(blueness);
    const u1 = v128.load(blueness, 16);
    const v0 = v128.load(redness);
    const v1 = v128.load(redness, 16);
    const red = i8x16.narrow_i16x8_u(i16x8.add(y0, redOf(v0)), i16x8.add(y1, redOf(v1)));
    const green = i8x16.narrow_i16x8_u(i16x8.add(y0, greenOf(u0, v0)), i16x8.add(y1, greenOf(u1, v1)));
    const blue = i8x16.narrow_i16x8_u(i16x8.add(y0, blueOf(u0)), i16x8.add(y1, blueOf(u1)));
    const a = i8x16.shuffle(red, green, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
    const b = i8x16.shuffle(red, green, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
    const c = i8x16.shuffle(red, green, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
    v128.store(to, i8x16.shuffle(a, blue, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
    v128.store(to, i8x16.shuffle(b, blue, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
    v128.store(to, i8x16.shuffle(c, blue, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
  }
}

/** Bytes of brightness to [width, 3] bytes, all three the same; up to 45 are written beyond. */
export function grey(y: usize, width: i32, to: usize): void {
  for (let x = 0; x < width; x += 16, y += 16, to += 48) {
    const levels = v128.load(y);
    v128.store(to, i8x16.swizzle(levels, i8x16(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)));
    v128.store(to, i8x16.swizzle(levels, i8x16(5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10)), 16);
    v128.store(to, i8x16.swizzle(levels, i8x16(10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15)), 32);
  }
}

/** 1.402 v, rounded: v and (26345 v + 2^15) / 2^16. */
// @ts-ignore: decorator
@inline
function redOf(v: v128): v128 {
  return i16x8.add(v, weighed(v, i16x8.splat(2), 26345, 1 << 14, 0));
}

/** 1.772 u, rounded: 2 u and (-14942 u + 2^15) / 2^16. */
// @ts-ignore: decorator
@inline
function blueOf(u: v128): v128 {
  return i16x8.add(i16x8.add(u, u), weighed(u, i16x8.splat(2), -14942, 1 << 14, 0));
}

/** -0.34414 u - 0.71414 v, rounded: -v and (-22554 u + 18734 v + 2^15) / 2^16. */
// @ts-ignore: decorator
@inline
function greenOf(u: v128, v: v128): v128 {
  return i16x8.sub(weighed(u, v, -22554, 18734, 1 << 15), v);
}

/** (a * byA + b * byB + half) / 2^16, rounded down. */
// @ts-ignore: decorator
@inline
function weighed(a: v128, b: v128, byA: i32, byB: i32, half: i32): v128 {
  const by = i32x4.splat((byA & 0xffff) | (byB << 16));
  const left = i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), by);
  const right = i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), by);
  const halves = i32x4.splat(half);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(half == 0 ? left : i32x4.add(left, halves), 16),
    i32x4.shr_s(half == 0 ? right : i32x4.add(right, halves), 16),
  );
}
