import type { TensorInfo } from '@tensorflow/tfjs-core';
import { float } from '../float.js';
import type { SimdKernel } from '../kernel.js';
import { forwardCoefficients } from './remembered.js';
import { rowsOf } from './rows.js';

interface Inputs {
  x: TensorInfo;
  scale: TensorInfo;
  offset: TensorInfo;
  runningMean: TensorInfo;
  runningVariance: TensorInfo;
  addend?: TensorInfo;
}

/** Batch normalisation for training, with an addition and a ReLU: x is read twice, y written once. */
export const batchNorm: SimdKernel<Inputs, { momentum: number; epsilon: number; activation: string }> = {
  kernelName: 'residual/batchNorm',
  kernelFunc({ inputs, attrs: { momentum, epsilon, activation }, backend }): TensorInfo[] {
    const { x, scale, offset, runningMean, runningVariance, addend } = inputs;
    const { rows, channels, chunkRows, chunks, size } = rowsOf(x);
    const y = backend.output(x.shape);
    const mean = backend.output([channels]);
    const inverseStandardDeviation = backend.output([channels]);
    const newRunningMean = backend.output([channels]);
    const newRunningVariance = backend.output([channels]);
    const partials = backend.scratch(4 * 3 * chunks * channels);
    const coefficients = backend.scratch(4 * 2 * channels);
    const xPointer = backend.pointer(x);

    backend.run(
      { kernel: 'batchNormStatistics', work: 4 * size },
      xPointer,
      partials,
      rows,
      channels,
      chunkRows,
      chunks,
    );
    backend.run(
      { kernel: 'batchNormFinish', work: 8 * chunks * channels },
      partials,
      rows,
      channels,
      chunkRows,
      chunks,
      backend.pointer(scale),
      backend.pointer(offset),
      backend.pointer(runningMean),
      backend.pointer(runningVariance),
      float(momentum),
      float(epsilon),
      mean.pointer,
      inverseStandardDeviation.pointer,
      newRunningMean.pointer,
      newRunningVariance.pointer,
      coefficients,
    );
    backend.run(
      { kernel: 'batchNormApply', work: 4 * size },
      xPointer,
      addend === undefined ? 0 : backend.pointer(addend),
      y.pointer,
      mean.pointer,
      coefficients,
      rows,
      channels,
      chunkRows,
      chunks,
      activation === 'relu' ? 1 : 0,
    );
    const first = coefficients / 4;
    forwardCoefficients.set(mean.info, backend.floats.slice(first, first + 2 * channels));
    return [y, mean, inverseStandardDeviation, newRunningMean, newRunningVariance].map(({ info }) => info);
  },
};
