import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';
import { rowsOf } from './rows.js';

interface Inputs {
  dy: TensorInfo;
  x: TensorInfo;
  scale: TensorInfo;
  mean: TensorInfo;
  inverseStandardDeviation: TensorInfo;
  /** There exactly when a ReLU follows. */
  y?: TensorInfo;
}

/** The gradient of batch normalisation in training: dy and x (and y, for the ReLU) are read twice, dx written once. */
export const batchNormGradient: SimdKernel<Inputs, { activation: string; hasAddend: boolean }> = {
  kernelName: 'residual/batchNormGradient',
  kernelFunc({ inputs, attrs: { hasAddend }, backend }): TensorInfo[] {
    const { dy, x, scale, mean, inverseStandardDeviation, y } = inputs;
    const { rows, channels, chunkRows, chunks, size } = rowsOf(x);
    const dx = backend.output(x.shape);
    const dScale = backend.output([channels]);
    const dOffset = backend.output([channels]);
    // The addend's gradient is dy behind the ReLU. The first pass writes it, so that the second needn't read y.
    const dAddend = hasAddend && y !== undefined ? backend.output(x.shape) : undefined;
    const partials = backend.scratch(4 * 2 * chunks * channels);
    const coefficients = backend.scratch(4 * 3 * channels);
    const dyPointer = backend.pointer(dy);
    const xPointer = backend.pointer(x);
    const yPointer = y === undefined ? 0 : backend.pointer(y);
    const meanPointer = backend.pointer(mean);

    backend.run(
      { kernel: 'batchNormGradientSums', work: 4 * size },
      dyPointer,
      yPointer,
      xPointer,
      meanPointer,
      dAddend?.pointer ?? 0,
      partials,
      rows,
      channels,
      chunkRows,
      chunks,
    );
    backend.run(
      { kernel: 'batchNormGradientFinish', work: 4 * chunks * channels },
      partials,
      rows,
      channels,
      chunks,
      backend.pointer(scale),
      backend.pointer(inverseStandardDeviation),
      1, // the statistics depend on x
      dScale.pointer,
      dOffset.pointer,
      coefficients,
    );
    backend.run(
      { kernel: 'batchNormGradientApply', work: 4 * size },
      dAddend?.pointer ?? dyPointer,
      dAddend === undefined ? yPointer : 0,
      xPointer,
      dx.pointer,
      meanPointer,
      coefficients,
      rows,
      channels,
      chunkRows,
      chunks,
    );
    const gradients = [dx.info, dScale.info, dOffset.info];
    if (!hasAddend) return gradients;
    if (dAddend !== undefined) return [...gradients, dAddend.info];
    backend.incRef(dy.dataId);
    return [...gradients, { dataId: dy.dataId, shape: x.shape, dtype: 'float32' }];
  },
};
