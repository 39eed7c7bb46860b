import type { ConvolutionAlgorithm } from './convolution/algorithm.js';
import { SimdError } from './error.js';

export interface SimdOptions {
  /** How many threads to use, the caller's included. Default: one for each core. */
  threads?: number;
  /** For tests: the columns of a matrix product's tile, which change its speed and not its bits. Default: the faster. */
  tileWidth?: 8 | 16;
  /**
   * For tests: how to compute convolutions, wherever that algorithm can. Default 'auto': the fastest for each shape, which is a
   * function of the shape alone, as results of different algorithms differ in their last bits.
   */
  convolution?: ConvolutionAlgorithm | 'auto';
  /** For tests: freed memory is filled with NaN, so that a use after free shows. Default false. */
  poisonFreedMemory?: boolean;
}

let options: SimdOptions = {};

/**
 * Sets how the next `tf.setBackend('simd')` starts; a backend that runs already keeps its threads.
 *
 * @throws SimdError `OPTION` for a thread count that isn't a positive integer.
 */
export function configureSimd(changes: SimdOptions): void {
  const { threads } = changes;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new SimdError(
      'OPTION',
      `configureSimd: threads: expected a positive integer, received ${threads}.`,
    );
  }
  options = { ...options, ...changes };
}

export function simdOptions(): SimdOptions {
  return options;
}
