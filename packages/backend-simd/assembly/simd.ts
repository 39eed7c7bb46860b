// The few instructions that differ between the builds, and how a kernel reads its arguments.

// `RELAXED` is given on the compiler's command line (scripts/build-wasm.js) where the engine has relaxed SIMD.
const FUSED: bool = isDefined(RELAXED);

/** a * b + c, lane by lane: rounded once where the engine has relaxed SIMD, twice elsewhere. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return FUSED ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Lane by lane a where `mask` is all ones, b where it is all zeros: `mask` comes from a comparison of float32 lanes. */
// @ts-ignore: decorator
@inline
export function select(a: v128, b: v128, mask: v128): v128 {
  return FUSED ? i32x4.relaxed_laneselect(a, b, mask) : v128.bitselect(a, b, mask);
}

/** Stores two neighbouring vectors, which V8 makes one of 256 bits of where it re-vectorises. */
// @ts-ignore: decorator
@inline
export function storePair(to: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to, b, 16);
}

/** Argument `index` as an integer or a byte pointer. */
// @ts-ignore: decorator
@inline
export function int(args: usize, index: i32): i32 {
  return load<i32>(args + (<usize>index << 2));
}

/** Argument `index` as a byte pointer (0: absent). */
// @ts-ignore: decorator
@inline
export function pointer(args: usize, index: i32): usize {
  return load<usize>(args + (<usize>index << 2));
}

/** Argument `index` as a float32. */
// @ts-ignore: decorator
@inline
export function float(args: usize, index: i32): f32 {
  return load<f32>(args + (<usize>index << 2));
}

/**
 * The first item of share `thread` when `count` items are split evenly over `threads`;
 * the share ends where the next one starts: `share(count, thread + 1, threads)`.
 */
// @ts-ignore: decorator
@inline
export function share(count: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>count * thread) / threads);
}

/** `share` in whole vectors of 4: which values are left over for the scalar loop depends on `count` alone. */
// @ts-ignore: decorator
@inline
export function vectorShare(count: i32, thread: i32, threads: i32): i32 {
  return thread == threads ? count : share(count >> 2, thread, threads) << 2;
}
