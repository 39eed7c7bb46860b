import type { TensorInfo } from '@tensorflow/tfjs-core';
import { batchNormGradient as run } from '../batchNorm/gradient.js';
import type { WebgpuKernel } from '../kernel.js';

interface Inputs {
  dy: TensorInfo;
  x: TensorInfo;
  scale: TensorInfo;
  mean: TensorInfo;
  inverseStandardDeviation: TensorInfo;
  y?: TensorInfo;
}

export const batchNormGradient: WebgpuKernel<Inputs, { hasAddend: boolean }> = {
  kernelName: 'residual/batchNormGradient',
  kernelFunc: ({ inputs: { inverseStandardDeviation: spread, ...inputs }, attrs: { hasAddend }, backend }) =>
    run(backend, { ...inputs, spread }, { hasAddend, inference: false, epsilon: 0 }),
};
