import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';
import { type Rows, rowsOf } from './rows.js';

/** Batch normalisation for training, with an addition and a ReLU: x is read twice, y written once. */
export const batchNorm: SimdKernel<'residual/batchNorm'> = {
  kernelName: 'residual/batchNorm',
  kernelFunc({ inputs, attrs: { momentum, epsilon, activation }, backend }) {
    const { x, scale, offset, runningMean, runningVariance, addend } = inputs;
    const layout = rowsOf(x);
    const { rows, channels, chunkRows, chunks, size } = layout;
    const mean = backend.output([channels]);
    const inverseStandardDeviation = backend.output([channels]);
    const newRunningMean = backend.output([channels]);
    const newRunningVariance = backend.output([channels]);
    const partials = backend.scratch(4 * 3 * chunks * channels);
    const coefficients = backend.scratch(4 * 3 * channels);
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
    backend.remember(mean.info, 'forwardCoefficients', coefficients, 3 * channels);
    const y = normalize(backend, { x, layout, coefficients, addend, activation });
    return [
      y,
      ...[mean, inverseStandardDeviation, newRunningMean, newRunningVariance].map(({ info }) => info),
    ];
  },
};

/**
 * The second half, for training and for inference: y = activation((x - mean) * factor + summand + addend).
 *
 * Without an addend it is only promised: max-pooling computes it from x on the fly, and then y is never written.
 *
 * @param coefficients pointer to mean, factor and summand, [3, C]
 * @param batchFree whether a value is to be the same bits in whichever row it stands
 */
export function normalize(
  backend: SimdBackend,
  {
    x,
    layout,
    coefficients,
    addend,
    activation,
    batchFree = false,
  }: {
    x: TensorInfo;
    layout: Rows;
    coefficients: number;
    addend: TensorInfo | undefined;
    activation: string;
    batchFree?: boolean;
  },
): TensorInfo {
  const { rows, channels, chunkRows, chunks, size } = layout;
  const xPointer = backend.pointer(x);
  const apply = (y: number) =>
    backend.run(
      { kernel: 'batchNormApply', work: 4 * size },
      xPointer,
      addend === undefined ? 0 : backend.pointer(addend),
      y,
      coefficients,
      rows,
      channels,
      chunkRows,
      chunks,
      activation === 'relu' ? 1 : 0,
      batchFree ? 1 : 0,
    );
  // Rows beyond a multiple of 4 may be rounded differently (assembly/batchNormApply.ts): nobody else does so as well.
  if (addend === undefined && (batchFree || rows % 4 === 0)) {
    const formula = { kind: 'batchNorm', x: xPointer, coefficients, activation } as const;
    return backend.defer(x.shape, formula, [xPointer, coefficients], apply);
  }
  const y = backend.output(x.shape);
  apply(y.pointer);
  return y.info;
}
