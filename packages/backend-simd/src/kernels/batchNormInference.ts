import type { TensorInfo } from '@tensorflow/tfjs-core';
import { float } from '../float.js';
import type { SimdKernel } from '../kernel.js';
import { rowsOf } from './rows.js';

interface Inputs {
  x: TensorInfo;
  scale: TensorInfo;
  offset: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  addend?: TensorInfo;
}

/** Batch normalisation with given statistics, an addition and a ReLU: x is read once, y written once. */
export const batchNormInference: SimdKernel<Inputs, { epsilon: number; activation: string }> = {
  kernelName: 'residual/batchNormInference',
  kernelFunc({ inputs, attrs: { epsilon, activation }, backend }): TensorInfo[] {
    const { x, scale, offset, mean, variance, addend } = inputs;
    const { rows, channels, chunkRows, chunks, size } = rowsOf(x);
    const y = backend.output(x.shape);
    const inverseStandardDeviation = backend.scratch(4 * channels);
    const coefficients = backend.scratch(4 * 2 * channels);
    backend.run(
      { kernel: 'batchNormInferenceCoefficients', work: channels },
      backend.pointer(scale),
      backend.pointer(offset),
      backend.pointer(variance),
      channels,
      float(epsilon),
      inverseStandardDeviation,
      coefficients,
    );
    backend.run(
      { kernel: 'batchNormApply', work: 4 * size },
      backend.pointer(x),
      addend === undefined ? 0 : backend.pointer(addend),
      y.pointer,
      backend.pointer(mean),
      coefficients,
      rows,
      channels,
      chunkRows,
      chunks,
      activation === 'relu' ? 1 : 0,
    );
    return [y.info];
  },
};
