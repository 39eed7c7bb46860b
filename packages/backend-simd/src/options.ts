import { type Arithmetic, type BackendOption, optionProblem, threadsOption } from '@residual/ops';
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
  /** Where this package's `worker.js` lies, if a bundler has left it behind. Default: beside this module. */
  worker?: string | URL;
  /** For tests: the columns of a matrix product's tile, which change its speed and not its bits. Default: the faster. */
  tileWidth?: 8 | 16;
  /**
   * For tests: how to compute convolutions, wherever that algorithm can. Default 'auto': the fastest for each shape, which is a
   * function of the shape alone, as results of different algorithms differ in their last bits.
   */
  convolution?: ConvolutionAlgorithm | 'auto';
  /**
   * 'portable': no multiplication and addition are rounded as one, so that every engine and processor computes the same bits, more
   * slowly. Default 'fastest': where the engine can round once, it does.
   */
  bits?: 'fastest' | 'portable';
  /** The most bytes that tensors and kernels may take, at least 16 MiB. Default: 4 GiB, or what the system grants. */
  maximumMemory?: number;
  /** For tests: freed memory is filled with NaN, so that a use after free shows. Default false. */
  poisonFreedMemory?: boolean;
}

/** What a backend is told when it starts: what was asked for, or what was chosen. */
export interface BackendSettings {
  /** Columns of a matrix product's tile. */
  tileWidth: 8 | 16;
  convolution: ConvolutionAlgorithm | 'auto';
  arithmetic: Arithmetic;
  poisonFreedMemory: boolean;
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

/** What an app may offer of {@link SimdOptions}. */
export const simdOptionList: readonly BackendOption[] = [
  threadsOption,
  {
    name: 'tileWidth',
    help: 'of matrix products on simd, 8 or 16; changes speed alone; default: the faster',
    values: { kind: 'oneOf', choices: [8, 16] },
    changesBits: false,
  },
  {
    name: 'convolution',
    help: 'on simd, where it can: direct, winograd3 or winograd4; default: auto',
    values: { kind: 'oneOf', choices: CONVOLUTIONS },
    default: 'auto',
    changesBits: true,
  },
  {
    name: 'bits',
    help: 'on simd: fastest, or portable for the same bits on every engine, more slowly; default: fastest',
    values: { kind: 'oneOf', choices: ['fastest', 'portable'] },
    default: 'fastest',
    changesBits: true,
  },
];

/** @throws SimdError `OPTION` */
export function requireOptions(given: SimdOptions): void {
  for (const option of simdOptionList) {
    const value = given[option.name as keyof SimdOptions];
    const problem = optionProblem(option, value, `simd: ${option.name}`);
    if (problem !== undefined) throw new SimdError('OPTION', problem);
  }
  const { maximumMemory } = given;
  if (maximumMemory !== undefined && !(maximumMemory >= LEAST_MEMORY)) {
    throw new SimdError('OPTION', {
      where: 'simd: maximumMemory',
      expected: `at least ${LEAST_MEMORY} bytes`,
      received: String(maximumMemory),
      fix: 'Leave it out for all that the system grants.',
    });
  }
}

export function simdOptions(): SimdOptions {
  return options;
}
