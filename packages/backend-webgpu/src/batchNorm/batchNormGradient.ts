import type { WebgpuKernel } from '../kernel.js';
import { batchNormGradient as run } from './gradient.js';

export const batchNormGradient: WebgpuKernel<'residual/batchNormGradient'> = {
  kernelName: 'residual/batchNormGradient',
  kernelFunc: ({ inputs: { inverseStandardDeviation: spread, ...inputs }, attrs: { hasAddend }, backend }) =>
    run(backend, { ...inputs, spread }, { hasAddend, inference: false, epsilon: 0 }),
};
