import { factor, MINUS_16_15THS, EIGHTH, FIFTEENTH, FOUR, HALF, MINUS_EIGHT, MINUS_HALF, MINUS_THIRD, MINUS_TWO, QUARTER, THIRD, THREE_HALVES, TWO } from './factors';
import { madd, storePair } from '../simd';

// One direction of the transforms of F(4x4, 3x3): polynomials at the points 0, 1, -1, 1/2, -2 and
// infinity (Lavin & Gray, arXiv 1509.09308; with points as Barabasz et al., arXiv 1803.10986, choose them: they lose
// fewer digits than 0, 1, -1, 2, -2). A step reads vectors of 8 channels, `step` bytes apart, and writes others, `toStep` bytes apart.
//
// Both halves of a vector are loaded before anything is stored, computed one after the other, and stored together: only
// then can V8 join them to 256 bits.

// A picture's 6 values d, times B^T.

// @ts-ignore: decorator
@inline
function input0(k: v128, d0: v128, d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return madd(k, f32x4.sub(d3, d1), f32x4.add(f32x4.sub(d0, d2), f32x4.sub(d4, d2)));
}

// @ts-ignore: decorator
@inline
function input1(k: v128, d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return madd(k, f32x4.add(d2, d3), f32x4.add(f32x4.sub(d4, d2), f32x4.sub(d3, d1)));
}

// @ts-ignore: decorator
@inline
function input2(k: v128, d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return madd(k, f32x4.sub(d3, d2), f32x4.sub(f32x4.sub(d4, d2), f32x4.sub(d3, d1)));
}

// @ts-ignore: decorator
@inline
function input34(k: v128, d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  return madd(k, f32x4.sub(d3, d1), f32x4.sub(d4, d2));
}

// @ts-ignore: decorator
@inline
function input5(k: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128): v128 {
  return madd(k, f32x4.sub(d4, d2), f32x4.sub(f32x4.sub(d5, d3), f32x4.sub(d3, d1)));
}

/** 6 values of a picture to 6 factors. */
// @ts-ignore: decorator
@inline
export function inputStep4(r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, r5: usize, to: usize, toStep: usize): void {
  const threeHalves = factor(THREE_HALVES);
  const two = factor(TWO);
  const minusHalf = factor(MINUS_HALF);
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
  const a5 = v128.load(r5);
  const b5 = v128.load(r5, 16);
  storePair(to, input0(threeHalves, a0, a1, a2, a3, a4), input0(threeHalves, b0, b1, b2, b3, b4));
  to += toStep;
  storePair(to, input1(threeHalves, a1, a2, a3, a4), input1(threeHalves, b1, b2, b3, b4));
  to += toStep;
  storePair(to, input2(threeHalves, a1, a2, a3, a4), input2(threeHalves, b1, b2, b3, b4));
  to += toStep;
  storePair(to, input34(two, a1, a2, a3, a4), input34(two, b1, b2, b3, b4));
  to += toStep;
  storePair(to, input34(minusHalf, a1, a2, a3, a4), input34(minusHalf, b1, b2, b3, b4));
  to += toStep;
  storePair(to, input5(threeHalves, a1, a2, a3, a4, a5), input5(threeHalves, b1, b2, b3, b4, b5));
}

// 6 products m to 4 results, times A^T.

// @ts-ignore: decorator
@inline
export function output0(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128): v128 {
  return f32x4.add(f32x4.add(m0, f32x4.add(m1, m2)), f32x4.add(m3, m4));
}

// @ts-ignore: decorator
@inline
export function output1(half: v128, minusTwo: v128, m1: v128, m2: v128, m3: v128, m4: v128): v128 {
  return madd(minusTwo, m4, madd(half, m3, f32x4.sub(m1, m2)));
}

// @ts-ignore: decorator
@inline
export function output2(quarter: v128, four: v128, m1: v128, m2: v128, m3: v128, m4: v128): v128 {
  return madd(four, m4, madd(quarter, m3, f32x4.add(m1, m2)));
}

// @ts-ignore: decorator
@inline
function output3(eighth: v128, minusEight: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128): v128 {
  return madd(minusEight, m4, madd(eighth, m3, f32x4.add(f32x4.sub(m1, m2), m5)));
}

/** 6 products to 4 results. */
// @ts-ignore: decorator
@inline
export function outputStep4(from: usize, step: usize, to: usize, toStep: usize): void {
  const half = factor(HALF);
  const minusTwo = factor(MINUS_TWO);
  const quarter = factor(QUARTER);
  const four = factor(FOUR);
  const eighth = factor(EIGHTH);
  const minusEight = factor(MINUS_EIGHT);
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
  from += step;
  const a5 = v128.load(from);
  const b5 = v128.load(from, 16);
  storePair(to, output0(a0, a1, a2, a3, a4), output0(b0, b1, b2, b3, b4));
  to += toStep;
  storePair(to, output1(half, minusTwo, a1, a2, a3, a4), output1(half, minusTwo, b1, b2, b3, b4));
  to += toStep;
  storePair(to, output2(quarter, four, a1, a2, a3, a4), output2(quarter, four, b1, b2, b3, b4));
  to += toStep;
  storePair(to, output3(eighth, minusEight, a1, a2, a3, a4, a5), output3(eighth, minusEight, b1, b2, b3, b4, b5));
}

// Taps, or values of dy, times G.

/** 3 taps to 6 factors. */
// @ts-ignore: decorator
@inline
export function filterStep4(from: usize, step: usize, to: usize, toStep: usize): void {
  const third = factor(THIRD);
  const minusThird = factor(MINUS_THIRD);
  const scaleHalf = factor(MINUS_16_15THS);
  const half = factor(HALF);
  const quarter = factor(QUARTER);
  const fifteenth = factor(FIFTEENTH);
  const minusTwo = factor(MINUS_TWO);
  const four = factor(FOUR);
  const a0 = v128.load(from);
  const b0 = v128.load(from, 16);
  from += step;
  const a1 = v128.load(from);
  const b1 = v128.load(from, 16);
  from += step;
  const a2 = v128.load(from);
  const b2 = v128.load(from, 16);
  storePair(to, a0, b0);
  to += toStep;
  storePair(to, f32x4.mul(third, f32x4.add(f32x4.add(a0, a2), a1)), f32x4.mul(third, f32x4.add(f32x4.add(b0, b2), b1)));
  to += toStep;
  storePair(to, f32x4.mul(minusThird, f32x4.sub(f32x4.add(a0, a2), a1)), f32x4.mul(minusThird, f32x4.sub(f32x4.add(b0, b2), b1)));
  to += toStep;
  storePair(to, f32x4.mul(scaleHalf, madd(quarter, a2, madd(half, a1, a0))), f32x4.mul(scaleHalf, madd(quarter, b2, madd(half, b1, b0))));
  to += toStep;
  storePair(to, f32x4.mul(fifteenth, madd(four, a2, madd(minusTwo, a1, a0))), f32x4.mul(fifteenth, madd(four, b2, madd(minusTwo, b1, b0))));
  to += toStep;
  storePair(to, a2, b2);
}
