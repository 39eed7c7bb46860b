import type { Arithmetic } from '@residual/ops';

/** How this backend rounds. Threads, tile width and re-vectorisation change no bit, so they are not here. */
export function arithmeticOf({ relaxed }: { relaxed: boolean }): Arithmetic {
  return { multiplyAdd: relaxed ? 'fused (relaxed SIMD)' : 'in two roundings (no relaxed SIMD)' };
}
