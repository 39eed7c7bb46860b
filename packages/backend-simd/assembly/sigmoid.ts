import { int, madd, pointer, vectorShare } from './simd';

/** y = 1 / (1 + exp(-x)); a NaN stays. Arguments: x, y, length. */
export function sigmoid(args: usize, thread: i32, threads: i32): void {
  const x = pointer(args, 0);
  const y = pointer(args, 1);
  const end = <usize>vectorShare(int(args, 2), thread + 1, threads) << 2;
  let i = <usize>vectorShare(int(args, 2), thread, threads) << 2;
  for (; i + 16 <= end; i += 16) v128.store(y + i, sigmoids(v128.load(x + i)));
  for (; i < end; i += 4) store<f32>(y + i, f32x4.extract_lane(sigmoids(f32x4.splat(load<f32>(x + i))), 0));
}

// @ts-ignore: decorator
@inline
function sigmoids(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/**
 * exp(x) = 2^n * exp(r) with |r| <= ln(2) / 2, r in two steps so that no digit is lost; exp(r) by the polynomial of Cephes' `expf`
 * (S. L. Moshier, 1984): relative error 2e-7. Beyond +-87, the ends of float32's normal numbers, as there.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const within = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87)); // a NaN stays
  const n = f32x4.nearest(f32x4.mul(within, f32x4.splat(1.44269504)));
  const r = f32x4.sub(f32x4.sub(within, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}
