import { factor, FOUR, HALF, MINUS_HALF, MINUS_SIXTH, MINUS_TWO, SIXTH, THREE, TWO } from './factors';
import { madd, storePair } from '../simd';

// As transform4.ts, for F(3x3, 3x3), in which the filter gradient is again an F(3x3, 3x3): the points 0, 1, -1, 2 and
// infinity.

// A picture's 5 values d, times B^T.

// @ts-ignore: decorator
@inline
function input0(two: v128, d0: v128, d1: v128, d2: v128, d3: v128): v128 {
  return madd(two, f32x4.sub(d0, d2), f32x4.sub(d3, d1));
}

// @ts-ignore: decorator
@inline
function input1(d1: v128, d2: v128, d3: v128): v128 {
  return f32x4.sub(f32x4.sub(d3, d1), f32x4.add(d1, d2));
}

// @ts-ignore: decorator
@inline
function input2(three: v128, d1: v128, d2: v128, d3: v128): v128 {
  return madd(three, f32x4.sub(d1, d2), f32x4.sub(d3, d1));
}

// @ts-ignore: decorator
@inline
function input4(minusTwo: v128, d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return madd(minusTwo, f32x4.sub(d3, d1), f32x4.sub(d4, d2));
}

/** 5 values of a picture to 5 factors. */
// @ts-ignore: decorator
@inline
export function inputStep3(r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, to: usize, toStep: usize): void {
  const two = factor(TWO);
  const three = factor(THREE);
  const minusTwo = factor(MINUS_TWO);
  const a0 = v128.load(r0);
  const b0 = v128.load(r0, 16);
  const a1 = v128.load(r1);
  const b1 = v128.load(r1, 16);
  const a2 = v128.load(r2);
  const b2 = v128.load(r2, 16);
  const a3 = v128.load(r3);
  const b3 = v128.load(r3, 16);
  const a4 = v128.load(r4);
  const b4 = v128.load(r4, 16);
  storePair(to, input0(two, a0, a1, a2, a3), input0(two, b0, b1, b2, b3));
  to += toStep;
  storePair(to, input1(a1, a2, a3), input1(b1, b2, b3));
  to += toStep;
  storePair(to, input2(three, a1, a2, a3), input2(three, b1, b2, b3));
  to += toStep;
  storePair(to, f32x4.sub(a3, a1), f32x4.sub(b3, b1));
  to += toStep;
  storePair(to, input4(minusTwo, a1, a2, a3, a4), input4(minusTwo, b1, b2, b3, b4));
}

/** 5 products to 3 results, or to the gradients of 3 taps: times A^T. */
// @ts-ignore: decorator
@inline
export function outputStep3(from: usize, step: usize, to: usize, toStep: usize): void {
  const two = factor(TWO);
  const four = factor(FOUR);
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  from += step;
  const a1 = v128.load(from);
  const b1 = v128.load(from, 16);
  from += step;
  const a2 = v128.load(from);
  const b2 = v128.load(from, 16);
  from += step;
  const a3 = v128.load(from);
  const b3 = v128.load(from, 16);
  from += step;
  const a4 = v128.load(from);
  const b4 = v128.load(from, 16);
  storePair(to, f32x4.add(f32x4.add(a0, a3), f32x4.add(a1, a2)), f32x4.add(f32x4.add(b0, b3), f32x4.add(b1, b2)));
  to += toStep;
  storePair(to, madd(two, a3, f32x4.sub(a1, a2)), madd(two, b3, f32x4.sub(b1, b2)));
  to += toStep;
  storePair(to, f32x4.add(a4, madd(four, a3, f32x4.add(a1, a2))), f32x4.add(b4, madd(four, b3, f32x4.add(b1, b2))));
}

/** 3 taps, or 3 values of dy, to 5 factors: times G. */
// @ts-ignore: decorator
@inline
export function filterStep3(r0: usize, r1: usize, r2: usize, to: usize, toStep: usize): void {
  const half = factor(HALF);
  const minusHalf = factor(MINUS_HALF);
  const minusSixth = factor(MINUS_SIXTH);
  const sixth = factor(SIXTH);
  const two = factor(TWO);
  const four = factor(FOUR);
  const a0 = v128.load(r0);
  const b0 = v128.load(r0, 16);
  const a1 = v128.load(r1);
  const b1 = v128.load(r1, 16);
  const a2 = v128.load(r2);
  const b2 = v128.load(r2, 16);
  storePair(to, f32x4.mul(half, a0), f32x4.mul(half, b0));
  to += toStep;
  storePair(to, f32x4.mul(minusHalf, f32x4.add(f32x4.add(a0, a2), a1)), f32x4.mul(minusHalf, f32x4.add(f32x4.add(b0, b2), b1)));
  to += toStep;
  storePair(to, f32x4.mul(minusSixth, f32x4.sub(f32x4.add(a0, a2), a1)), f32x4.mul(minusSixth, f32x4.sub(f32x4.add(b0, b2), b1)));
  to += toStep;
  storePair(to, f32x4.mul(sixth, madd(four, a2, madd(two, a1, a0))), f32x4.mul(sixth, madd(four, b2, madd(two, b1, b0))));
  to += toStep;
  storePair(to, a2, b2);
}
