import type { Arithmetic } from '@residual/ops';
import type { ConvolutionAlgorithm } from './convolution/algorithm.js';

/** What a backend is told when it starts: what was asked for, or what was chosen. */
export interface BackendSettings {
  /** Columns of a matrix product's tile. */
  tileWidth: 8 | 16;
  convolution: ConvolutionAlgorithm | 'auto';
  arithmetic: Arithmetic;
  poisonFreedMemory: boolean;
}
