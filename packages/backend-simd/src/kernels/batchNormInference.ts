import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';
import { normalize } from './batchNorm.js';
import { rowsOf } from './rows.js';

/** Batch normalisation with given statistics, an addition and a ReLU: x is read once, y written once. */
export const batchNormInference: SimdKernel<'residual/batchNormInference'> = {
  kernelName: 'residual/batchNormInference',
  kernelFunc({ inputs, attrs, backend }) {
    const { epsilon, activation, batchFree = false } = attrs;
    const { x, scale, offset, mean, variance, addend } = inputs;
    const layout = rowsOf(x);
    const inverseStandardDeviation = backend.scratch(4 * layout.channels);
    const coefficients = backend.scratch(4 * 3 * layout.channels);
    backend.run(
      { kernel: 'batchNormInferenceCoefficients', work: layout.channels },
      backend.pointer(scale),
      backend.pointer(offset),
      backend.pointer(mean),
      backend.pointer(variance),
      layout.channels,
      float(epsilon),
      inverseStandardDeviation,
      coefficients,
    );
    return [normalize(backend, { x, layout, coefficients, addend, activation, batchFree })];
  },
};
