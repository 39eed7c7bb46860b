import type { Arithmetic } from '@residual/ops';
import type { SimdOptions } from './options.js';

/**
 * Of the choice between the algorithms of a convolution (convolution/algorithm.ts) and of what each of them computes: to
 * be raised when a release gives other bits for any shape. A checkpoint of another version is resumed with a warning.
 */
const CONVOLUTIONS_VERSION = 1;

/** How this backend rounds. Threads, tile width and re-vectorisation change no bit, so they are not here. */
export function arithmeticOf(
  { relaxed }: { relaxed: boolean },
  { convolution = 'auto' }: SimdOptions,
): Arithmetic {
  const algorithm = convolution === 'auto' ? 'chosen by shape' : `${convolution} wherever it can`;
  return {
    multiplyAdd: relaxed ? 'fused (relaxed SIMD)' : 'in two roundings (no relaxed SIMD)',
    convolutions: `${algorithm}, version ${CONVOLUTIONS_VERSION}`,
  };
}
