// The rules of packages/ops/src/optimizerRules.ts: four numbers at a time, or the first lane alone (`whole` false), whose
// multiplications and additions round apart. `rule` and `whole` are constants wherever these are inlined.
import { madd } from './simd';

export const SGD: i32 = 0;
export const ADAM: i32 = 1;
export const ADAMW: i32 = 2;
export const RMSPROP: i32 = 3;
export const LION: i32 = 4;
export const LAMB: i32 = 5;
export const LARS: i32 = 6;

// @ts-ignore: decorator
@inline
export function take(from: usize, whole: bool): v128 {
  return whole ? v128.load(from) : v128.load32_zero(from);
}

// @ts-ignore: decorator
@inline
export function put(to: usize, x: v128, whole: bool): void {
  if (whole) v128.store(to, x);
  else v128.store32_lane(to, x, 0);
}

/** a * b + c. */
// @ts-ignore: decorator
@inline
export function fuse(a: v128, b: v128, c: v128, whole: bool): v128 {
  return whole ? madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** What is kept of the past, `old`, moved towards `x`: old * share + x * rest. */
// @ts-ignore: decorator
@inline
function moved(old: v128, share: v128, x: v128, rest: v128, whole: bool): v128 {
  return fuse(old, share, f32x4.mul(x, rest), whole);
}

/** Momentum. `velocity` 0: none. Returns the direction. */
// @ts-ignore: decorator
@inline
function descent(
  g: v128, velocity: usize, newVelocity: usize, momentum: v128, nesterov: bool, whole: bool,
): v128 {
  if (velocity == 0) return g;
  const v = fuse(take(velocity, whole), momentum, g, whole);
  put(newVelocity, v, whole);
  return nesterov ? fuse(v, momentum, g, whole) : v;
}

/** Adam's direction. Constants: beta1, 1 - beta1, beta2, 1 - beta2, scale of m, scale of sqrt(v), epsilon. */
// @ts-ignore: decorator
@inline
function adamDirection(m: v128, v: v128, c4: v128, c5: v128, c6: v128, whole: bool): v128 {
  return f32x4.div(f32x4.mul(m, c4), fuse(f32x4.sqrt(v), c5, c6, whole));
}

/** What a layer-wise rule measures beside the parameter. */
// @ts-ignore: decorator
@inline
export function measured(
  rule: i32, p: v128, g: v128, first: usize, second: usize, decay: v128,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, whole: bool,
): v128 {
  if (rule == LARS) return g;
  const m = moved(take(first, whole), c0, g, c1, whole);
  const v = moved(take(second, whole), c2, f32x4.mul(g, g), c3, whole);
  return fuse(p, decay, adamDirection(m, v, c4, c5, c6, whole), whole);
}

/** Of a layer-wise rule, for lengths above 0. Constants of LARS: momentum, trust coefficient, epsilon. */
// @ts-ignore: decorator
@inline
export function trustOf(rule: i32, parameter: f32, measured: f32, decay: f32, c1: f32, c2: f32): f32 {
  return rule == LARS ? (parameter * c1) / (measured + parameter * decay + c2) : parameter / measured;
}

/**
 * The parameter after a step; stores the slots. `first` and `second` are those, 0 where there is none.
 * The constants are those of the rule, in the order of packages/ops/src/optimizerRules.ts.
 */
// @ts-ignore: decorator
@inline
export function next(
  rule: i32, p: v128, gradient: v128, first: usize, second: usize, newFirst: usize, newSecond: usize,
  rate: v128, decay: v128, trust: v128, nesterov: bool,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, whole: bool,
): v128 {
  // Decay within the gradient.
  const g = rule == SGD || rule == ADAM || rule == RMSPROP || rule == LARS ? fuse(p, decay, gradient, whole) : gradient;
  let direction: v128;
  if (rule == SGD) {
    direction = descent(g, first, newFirst, c0, nesterov, whole);
  } else if (rule == LARS) {
    direction = descent(f32x4.mul(g, trust), first, newFirst, c0, nesterov, whole);
  } else if (rule == RMSPROP) {
    const v = moved(take(first, whole), c1, f32x4.mul(g, g), c2, whole);
    put(newFirst, v, whole);
    direction = descent(f32x4.div(g, f32x4.add(f32x4.sqrt(v), c3)), second, newSecond, c0, false, whole);
  } else if (rule == LION) {
    const old = take(first, whole);
    const ahead = moved(old, c0, g, c1, whole);
    put(newFirst, moved(old, c2, g, c3, whole), whole);
    const one = f32x4.splat(1);
    const up = v128.and(f32x4.gt(ahead, f32x4.splat(0)), one);
    direction = f32x4.sub(up, v128.and(f32x4.lt(ahead, f32x4.splat(0)), one));
  } else {
    const m = moved(take(first, whole), c0, g, c1, whole);
    const v = moved(take(second, whole), c2, f32x4.mul(g, g), c3, whole);
    put(newFirst, m, whole);
    put(newSecond, v, whole);
    direction = adamDirection(m, v, c4, c5, c6, whole);
  }
  // Decay apart from the gradient.
  if (rule == ADAMW || rule == LION || rule == LAMB) direction = fuse(p, decay, direction, whole);
  const step = rule == LAMB ? f32x4.mul(rate, trust) : rate;
  return fuse(direction, f32x4.neg(step), p, whole);
}
