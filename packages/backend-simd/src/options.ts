import type { ConvolutionAlgorithm } from './convolution/algorithm.js';
import { SimdError } from './error.js';
import { LEAST_MEMORY } from './memory.js';

/** What can be asked of convolutions. */
export const CONVOLUTIONS: readonly (ConvolutionAlgorithm | 'auto')[] = [
  'auto',
  'direct',
  'winograd3',
  'winograd4',
];

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
  /** The most bytes that tensors and kernels may take, at least 16 MiB. Default: 4 GiB, or what the system grants. */
  maximumMemory?: number;
  /** For tests: freed memory is filled with NaN, so that a use after free shows. Default false. */
  poisonFreedMemory?: boolean;
}

let options: SimdOptions = {};

/**
 * Sets how the next `tf.setBackend('simd')` starts; a backend that runs already keeps its threads.
 *
 * @throws SimdError `OPTION` for a value that makes no sense.
 */
export function configureSimd(changes: SimdOptions): void {
  requireOptions(changes);
  options = { ...options, ...changes };
}

/** @throws SimdError `OPTION` */
export function requireOptions({ threads, tileWidth, convolution, maximumMemory }: SimdOptions): void {
  const isWrong = (option: string, expected: string, received: unknown) => {
    const fix = 'Leave it out for the default.';
    throw new SimdError('OPTION', { where: `simd: ${option}`, expected, received: String(received), fix });
  };
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1))
    isWrong('threads', 'a positive integer', threads);
  if (tileWidth !== undefined && tileWidth !== 8 && tileWidth !== 16)
    isWrong('tileWidth', '8 or 16', tileWidth);
  if (convolution !== undefined && !CONVOLUTIONS.includes(convolution))
    isWrong('convolution', `one of ${CONVOLUTIONS.join(', ')}`, convolution);
  if (maximumMemory !== undefined && !(maximumMemory >= LEAST_MEMORY))
    isWrong('maximumMemory', `at least ${LEAST_MEMORY} bytes`, maximumMemory);
}

export function simdOptions(): SimdOptions {
  return options;
}
