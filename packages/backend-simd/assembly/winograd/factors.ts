// The transforms' numbers, in memory: V8 builds a constant vector anew at each use, from four or more instructions.
const FACTORS: usize = memory.data<f32>([
  1.5,
  2.0,
  3.0,
  4.0,
  0.5,
  0.25,
  0.125,
  1.0 / 3.0,
  1.0 / 6.0,
  1.0 / 15.0,
  -0.5,
  -2.0,
  -8.0,
  -1.0 / 3.0,
  -1.0 / 6.0,
  -16.0 / 15.0,
]);

export const THREE_HALVES: usize = 0;
export const TWO: usize = 4;
export const THREE: usize = 8;
export const FOUR: usize = 12;
export const HALF: usize = 16;
export const QUARTER: usize = 20;
export const EIGHTH: usize = 24;
export const THIRD: usize = 28;
export const SIXTH: usize = 32;
export const FIFTEENTH: usize = 36;
export const MINUS_HALF: usize = 40;
export const MINUS_TWO: usize = 44;
export const MINUS_EIGHT: usize = 48;
export const MINUS_THIRD: usize = 52;
export const MINUS_SIXTH: usize = 56;
export const MINUS_16_15THS: usize = 60;

/** A vector of one of these numbers. */
// @ts-ignore: decorator
@inline
export function factor(at: usize): v128 {
  return v128.load32_splat(FACTORS + at);
}
