import { registerBackend } from '@tensorflow/tfjs-core';
import { createBackend } from './createBackend.js';
import { registerKernels } from './registerKernels.js';

registerKernels();
// Below the priority of tfjs's GPU backends: importing this package alone does not take their place.
registerBackend('simd', () => createBackend(), 1);

export { SimdBackend } from './backend.js';
export { simd } from './candidate.js';
export {
  type ConvolutionAlgorithm,
  convolutionAlgorithm,
  type Direction,
} from './convolution/algorithm.js';
export { type ConvolutionAttributes, type ConvolutionShape, convolutionShape } from './convolution/shape.js';
export { createBackend } from './createBackend.js';
export { SimdError, type SimdErrorCode, type SimdProblem } from './error.js';
export { type Float, float, type SimdMemoryInfo } from './memory.js';
export { CONVOLUTIONS, configureSimd, type SimdOptions } from './options.js';
export type { Call } from './pool.js';
