import { EIGHTH, FIFTEENTH, FOUR, HALF, MINUS_16_15THS, MINUS_EIGHT, MINUS_THIRD, MINUS_TWO, QUARTER, THIRD, factor } from './factors';
import { madd, storePair } from '../simd';
import { output0, output1, output2 } from './transform4';

// As transform4.ts, for F(3x3, 4x4): the filter gradient, in which squares of dy are the filter.

/** 4 values of dy to 6 factors: the G of F(3x3, 4x4). */
// @ts-ignore: decorator
@inline
export function gradientStep4(r0: usize, r1: usize, r2: usize, r3: usize, to: usize, toStep: usize): void {
  const third = factor(THIRD);
  const minusThird = factor(MINUS_THIRD);
  const scaleHalf = factor(MINUS_16_15THS);
  const half = factor(HALF);
  const quarter = factor(QUARTER);
  const fifteenth = factor(FIFTEENTH);
  const minusTwo = factor(MINUS_TWO);
  const four = factor(FOUR);
  const eighth = factor(EIGHTH);
  const minusEight = factor(MINUS_EIGHT);
  const a0 = v128.load(r0);
  const b0 = v128.load(r0, 16);
  const a1 = v128.load(r1);
  const b1 = v128.load(r1, 16);
  const a2 = v128.load(r2);
  const b2 = v128.load(r2, 16);
  const a3 = v128.load(r3);
  const b3 = v128.load(r3, 16);
  storePair(to, a0, b0);
  to += toStep;
  storePair(to, f32x4.mul(third, f32x4.add(f32x4.add(a0, a2), f32x4.add(a1, a3))), f32x4.mul(third, f32x4.add(f32x4.add(b0, b2), f32x4.add(b1, b3))));
  to += toStep;
  storePair(to, f32x4.mul(minusThird, f32x4.sub(f32x4.add(a0, a2), f32x4.add(a1, a3))), f32x4.mul(minusThird, f32x4.sub(f32x4.add(b0, b2), f32x4.add(b1, b3))));
  to += toStep;
  storePair(to, f32x4.mul(scaleHalf, madd(eighth, a3, madd(quarter, a2, madd(half, a1, a0)))), f32x4.mul(scaleHalf, madd(eighth, b3, madd(quarter, b2, madd(half, b1, b0)))));
  to += toStep;
  storePair(to, f32x4.mul(fifteenth, madd(minusEight, a3, madd(four, a2, madd(minusTwo, a1, a0)))), f32x4.mul(fifteenth, madd(minusEight, b3, madd(four, b2, madd(minusTwo, b1, b0)))));
  to += toStep;
  storePair(to, a3, b3);
}

/** 6 products to the gradients of 3 taps: the A^T of F(3x3, 4x4) is the top of the one above. */
// @ts-ignore: decorator
@inline
export function tapStep4(from: usize, step: usize, to: usize, toStep: usize): void {
  const half = factor(HALF);
  const minusTwo = factor(MINUS_TWO);
  const quarter = factor(QUARTER);
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
  from += step;
  const a5 = v128.load(from);
  const b5 = v128.load(from, 16);
  storePair(to, output0(a0, a1, a2, a3, a4), output0(b0, b1, b2, b3, b4));
  to += toStep;
  storePair(to, output1(half, minusTwo, a1, a2, a3, a4), output1(half, minusTwo, b1, b2, b3, b4));
  to += toStep;
  storePair(to, f32x4.add(a5, output2(quarter, four, a1, a2, a3, a4)), f32x4.add(b5, output2(quarter, four, b1, b2, b3, b4)));
}
