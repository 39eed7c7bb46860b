// The inverse transform of a block, in integers. Source: libjpeg-turbo, `jidctint.c` (Loeffler, Ligtenberg and Moschytz, 1989), with the
// widths of its vector code, `jidctint-sse2.asm`: 16 bits between the passes.

const BITS: i32 = 13;
const BETWEEN_BITS: i32 = 2;
const FIRST_SHIFT: i32 = BITS - BETWEEN_BITS;
const LAST_SHIFT: i32 = BITS + BETWEEN_BITS + 3;

/** From the first pass to the second: [8, 8] int16, a column of the block in each row. */
const between = memory.data(128, 16);

/**
 * Makes 8x8 levels of a block's coefficients.
 *
 * @param last the place of the last coefficient that may not be 0
 * @param levels where they go, a row each `stride` bytes
 */
export function invert(block: usize, steps: usize, last: i32, levels: usize, stride: usize): void {
  if (last == 0) {
    const mean = <i32>(<i16>((<i32>load<i16>(block) * <i32>load<i16>(steps)) << BETWEEN_BITS));
    const level = i8x16.splat(<i8>max(0, min(255, ((mean + 16) >> 5) + 128)));
    for (let row = 0; row < 8; row++, levels += stride) v128.store64_lane(levels, level, 0);
    return;
  }
  const x0 = v128.load(block);
  const x1 = v128.load(block, 16);
  const x2 = v128.load(block, 32);
  const x3 = v128.load(block, 48);
  const x4 = v128.load(block, 64);
  const x5 = v128.load(block, 80);
  const x6 = v128.load(block, 96);
  const x7 = v128.load(block, 112);
  const others = v128.or(v128.or(v128.or(x1, x2), v128.or(x3, x4)), v128.or(v128.or(x5, x6), x7));
  if (v128.any_true(others)) {
    pass(
      i16x8.mul(x0, v128.load(steps)),
      i16x8.mul(x1, v128.load(steps, 16)),
      i16x8.mul(x2, v128.load(steps, 32)),
      i16x8.mul(x3, v128.load(steps, 48)),
      i16x8.mul(x4, v128.load(steps, 64)),
      i16x8.mul(x5, v128.load(steps, 80)),
      i16x8.mul(x6, v128.load(steps, 96)),
      i16x8.mul(x7, v128.load(steps, 112)),
      FIRST_SHIFT, between, 0,
    );
  } else {
    // Each column has one level; unlike those of a pass, what is too large for 16 bits wraps.
    const row = i16x8.shl(i16x8.mul(x0, v128.load(steps)), BETWEEN_BITS);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 0)));
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 1)), 16);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 2)), 32);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 3)), 48);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 4)), 64);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 5)), 80);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 6)), 96);
    v128.store(between, i16x8.splat(i16x8.extract_lane_s(row, 7)), 112);
  }
  pass(
    v128.load(between), v128.load(between, 16), v128.load(between, 32), v128.load(between, 48),
    v128.load(between, 64), v128.load(between, 80), v128.load(between, 96), v128.load(between, 112),
    LAST_SHIFT, levels, stride,
  );
}

/** One dimension of eight columns at once; what comes out is transposed: int16 to `between`, or levels. */
// @ts-ignore: decorator
@inline
function pass(
  x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, x7: v128,
  shift: i32, to: usize, stride: usize,
): void {
  // Pairs of columns, whose products are added: a * c + b * d.
  const x26 = low(x2, x6);
  const X26 = high(x2, x6);
  const a = pair(4433 + 6270, 4433);
  const b = pair(4433, 4433 - 15137);
  const e3 = i32x4.dot_i16x8_s(x26, a);
  const E3 = i32x4.dot_i16x8_s(X26, a);
  const e2 = i32x4.dot_i16x8_s(x26, b);
  const E2 = i32x4.dot_i16x8_s(X26, b);
  const half = i32x4.splat(1 << (shift - 1));
  const sum = i16x8.add(x0, x4);
  const difference = i16x8.sub(x0, x4);
  const e0 = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(sum), BITS), half);
  const E0 = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(sum), BITS), half);
  const e1 = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(difference), BITS), half);
  const E1 = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(difference), BITS), half);
  const even0 = i32x4.add(e0, e3);
  const EVEN0 = i32x4.add(E0, E3);
  const even3 = i32x4.sub(e0, e3);
  const EVEN3 = i32x4.sub(E0, E3);
  const even1 = i32x4.add(e1, e2);
  const EVEN1 = i32x4.add(E1, E2);
  const even2 = i32x4.sub(e1, e2);
  const EVEN2 = i32x4.sub(E1, E2);

  const z3 = i16x8.add(x7, x3);
  const z4 = i16x8.add(x5, x1);
  const z34 = low(z3, z4);
  const Z34 = high(z3, z4);
  const c = pair(9633 - 16069, 9633);
  const d = pair(9633, 9633 - 3196);
  const w3 = i32x4.dot_i16x8_s(z34, c);
  const W3 = i32x4.dot_i16x8_s(Z34, c);
  const w4 = i32x4.dot_i16x8_s(z34, d);
  const W4 = i32x4.dot_i16x8_s(Z34, d);
  const x71 = low(x7, x1);
  const X71 = high(x7, x1);
  const x53 = low(x5, x3);
  const X53 = high(x5, x3);
  const f = pair(2446 - 7373, -7373);
  const g = pair(16819 - 20995, -20995);
  const h = pair(-20995, 25172 - 20995);
  const i = pair(-7373, 12299 - 7373);
  const odd0 = i32x4.add(i32x4.dot_i16x8_s(x71, f), w3);
  const ODD0 = i32x4.add(i32x4.dot_i16x8_s(X71, f), W3);
  const odd1 = i32x4.add(i32x4.dot_i16x8_s(x53, g), w4);
  const ODD1 = i32x4.add(i32x4.dot_i16x8_s(X53, g), W4);
  const odd2 = i32x4.add(i32x4.dot_i16x8_s(x53, h), w3);
  const ODD2 = i32x4.add(i32x4.dot_i16x8_s(X53, h), W3);
  const odd3 = i32x4.add(i32x4.dot_i16x8_s(x71, i), w4);
  const ODD3 = i32x4.add(i32x4.dot_i16x8_s(X71, i), W4);

  const y0 = narrowed(i32x4.add(even0, odd3), i32x4.add(EVEN0, ODD3), shift);
  const y7 = narrowed(i32x4.sub(even0, odd3), i32x4.sub(EVEN0, ODD3), shift);
  const y1 = narrowed(i32x4.add(even1, odd2), i32x4.add(EVEN1, ODD2), shift);
  const y6 = narrowed(i32x4.sub(even1, odd2), i32x4.sub(EVEN1, ODD2), shift);
  const y2 = narrowed(i32x4.add(even2, odd1), i32x4.add(EVEN2, ODD1), shift);
  const y5 = narrowed(i32x4.sub(even2, odd1), i32x4.sub(EVEN2, ODD1), shift);
  const y3 = narrowed(i32x4.add(even3, odd0), i32x4.add(EVEN3, ODD0), shift);
  const y4 = narrowed(i32x4.sub(even3, odd0), i32x4.sub(EVEN3, ODD0), shift);
  if (shift == FIRST_SHIFT) storeTransposed(y0, y1, y2, y3, y4, y5, y6, y7, to);
  else storeLevels(y0, y1, y2, y3, y4, y5, y6, y7, to, stride);
}

// @ts-ignore: decorator
@inline
function pair(first: i32, second: i32): v128 {
  return i32x4.splat((first & 0xffff) | (second << 16));
}

// @ts-ignore: decorator
@inline
function narrowed(left: v128, right: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(left, shift), i32x4.shr_s(right, shift));
}

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline
function storeTransposed(
  y0: v128, y1: v128, y2: v128, y3: v128, y4: v128, y5: v128, y6: v128, y7: v128, to: usize,
): void {
  const a0 = low(y0, y1);
  const a1 = high(y0, y1);
  const a2 = low(y2, y3);
  const a3 = high(y2, y3);
  const a4 = low(y4, y5);
  const a5 = high(y4, y5);
  const a6 = low(y6, y7);
  const a7 = high(y6, y7);
  const b0 = lowPairs(a0, a2); // rows 0 to 3 of columns 0 and 1
  const b1 = highPairs(a0, a2);
  const b2 = lowPairs(a1, a3);
  const b3 = highPairs(a1, a3);
  const b4 = lowPairs(a4, a6);
  const b5 = highPairs(a4, a6);
  const b6 = lowPairs(a5, a7);
  const b7 = highPairs(a5, a7);
  v128.store(to, i64x2.shuffle(b0, b4, 0, 2));
  v128.store(to, i64x2.shuffle(b0, b4, 1, 3), 16);
  v128.store(to, i64x2.shuffle(b1, b5, 0, 2), 32);
  v128.store(to, i64x2.shuffle(b1, b5, 1, 3), 48);
  v128.store(to, i64x2.shuffle(b2, b6, 0, 2), 64);
  v128.store(to, i64x2.shuffle(b2, b6, 1, 3), 80);
  v128.store(to, i64x2.shuffle(b3, b7, 0, 2), 96);
  v128.store(to, i64x2.shuffle(b3, b7, 1, 3), 112);
}

// @ts-ignore: decorator
@inline
function storeLevels(
  y0: v128, y1: v128, y2: v128, y3: v128, y4: v128, y5: v128, y6: v128, y7: v128, to: usize, stride: usize,
): void {
  const y04 = i8x16.narrow_i16x8_s(y0, y4);
  const y15 = i8x16.narrow_i16x8_s(y1, y5);
  const y26 = i8x16.narrow_i16x8_s(y2, y6);
  const y37 = i8x16.narrow_i16x8_s(y3, y7);
  const a0 = i8x16.shuffle(y04, y15, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const a1 = i8x16.shuffle(y04, y15, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const a2 = i8x16.shuffle(y26, y37, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const a3 = i8x16.shuffle(y26, y37, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const b0 = low(a0, a2); // columns 0 to 3 of rows 0 to 3
  const b1 = high(a0, a2);
  const b2 = low(a1, a3);
  const b3 = high(a1, a3);
  const middle = i8x16.splat(-128);
  let rows = v128.xor(lowPairs(b0, b2), middle);
  v128.store64_lane(to, rows, 0);
  v128.store64_lane(to + stride, rows, 1);
  to += 2 * stride;
  rows = v128.xor(highPairs(b0, b2), middle);
  v128.store64_lane(to, rows, 0);
  v128.store64_lane(to + stride, rows, 1);
  to += 2 * stride;
  rows = v128.xor(lowPairs(b1, b3), middle);
  v128.store64_lane(to, rows, 0);
  v128.store64_lane(to + stride, rows, 1);
  to += 2 * stride;
  rows = v128.xor(highPairs(b1, b3), middle);
  v128.store64_lane(to, rows, 0);
  v128.store64_lane(to + stride, rows, 1);
}
