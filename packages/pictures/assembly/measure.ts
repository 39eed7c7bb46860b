// What is known of a picture's levels. Sums are exact, so that their order doesn't matter.

/** Sums of red, green, blue, then of their squares. */
const sums = memory.data(6 * 8, 16);
/** Steps after which sums of squares, of 32 bits, are put by: 4 * 255^2 each. */
const STEPS: i32 = 8192;

/**
 * Sums up a picture, and makes its brightness: (19595 R + 38470 G + 7471 B + 2^15) / 2^16, rounded down.
 *
 * @param x [pixels, 3] bytes; up to 47 are read beyond
 * @param brightness [pixels] bytes; up to 15 are written beyond
 * @returns whether red, green and blue are the same everywhere
 */
export function measure(x: usize, pixels: i32, brightness: usize): bool {
  memory.fill(sums, 0, 48);
  const end = x + 3 * <usize>pixels;
  // What is beyond adds nothing.
  v128.store(end, i64x2.splat(0));
  v128.store(end, i64x2.splat(0), 16);
  v128.store(end, i64x2.splat(0), 32);
  let different = i64x2.splat(0);
  while (x < end) {
    let red = i32x4.splat(0);
    let green = red;
    let blue = red;
    let reds = red;
    let greens = red;
    let blues = red;
    for (let step = 0; step < STEPS && x < end; step++, x += 48, brightness += 16) {
      const a = v128.load(x);
      const b = v128.load(x, 16);
      const c = v128.load(x, 32);
      const r = i8x16.shuffle(
        i8x16.shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0), c,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29,
      );
      const g = i8x16.shuffle(
        i8x16.shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0), c,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30,
      );
      const u = i8x16.shuffle(
        i8x16.shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0), c,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31,
      );
      different = v128.or(different, v128.or(v128.xor(r, g), v128.xor(r, u)));
      red = i32x4.add(red, total(r));
      green = i32x4.add(green, total(g));
      blue = i32x4.add(blue, total(u));
      const r0 = i16x8.extend_low_i8x16_u(r);
      const r1 = i16x8.extend_high_i8x16_u(r);
      const g0 = i16x8.extend_low_i8x16_u(g);
      const g1 = i16x8.extend_high_i8x16_u(g);
      const u0 = i16x8.extend_low_i8x16_u(u);
      const u1 = i16x8.extend_high_i8x16_u(u);
      reds = i32x4.add(reds, i32x4.add(i32x4.dot_i16x8_s(r0, r0), i32x4.dot_i16x8_s(r1, r1)));
      greens = i32x4.add(greens, i32x4.add(i32x4.dot_i16x8_s(g0, g0), i32x4.dot_i16x8_s(g1, g1)));
      blues = i32x4.add(blues, i32x4.add(i32x4.dot_i16x8_s(u0, u0), i32x4.dot_i16x8_s(u1, u1)));
      v128.store(brightness, i8x16.narrow_i16x8_u(brightnessOf(r0, g0, u0), brightnessOf(r1, g1, u1)));
    }
    putBy(sums, red);
    putBy(sums + 8, green);
    putBy(sums + 16, blue);
    putBy(sums + 24, reds);
    putBy(sums + 32, greens);
    putBy(sums + 40, blues);
  }
  return !v128.any_true(different);
}

export function sumAt(i: i32): f64 {
  return <f64>load<u64>(sums + 8 * <usize>i);
}

// @ts-ignore: decorator
@inline
function total(levels: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(levels));
}

// @ts-ignore: decorator
@inline
function brightnessOf(r: v128, g: v128, u: v128): v128 {
  // Half of 38470 twice: the whole has too many bits.
  const byRedGreen = i32x4.splat(19595 | (19235 << 16));
  const byGreenBlue = i32x4.splat(19235 | (7471 << 16));
  const half = i32x4.splat(1 << 15);
  const left = i32x4.add(
    i32x4.dot_i16x8_s(i16x8.shuffle(r, g, 0, 8, 1, 9, 2, 10, 3, 11), byRedGreen),
    i32x4.dot_i16x8_s(i16x8.shuffle(g, u, 0, 8, 1, 9, 2, 10, 3, 11), byGreenBlue),
  );
  const right = i32x4.add(
    i32x4.dot_i16x8_s(i16x8.shuffle(r, g, 4, 12, 5, 13, 6, 14, 7, 15), byRedGreen),
    i32x4.dot_i16x8_s(i16x8.shuffle(g, u, 4, 12, 5, 13, 6, 14, 7, 15), byGreenBlue),
  );
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(left, half), 16), i32x4.shr_s(i32x4.add(right, half), 16));
}

function putBy(to: usize, part: v128): void {
  const both = i64x2.add(i64x2.extend_low_i32x4_u(part), i64x2.extend_high_i32x4_u(part));
  store<u64>(to, load<u64>(to) + <u64>i64x2.extract_lane(both, 0) + <u64>i64x2.extract_lane(both, 1));
}
