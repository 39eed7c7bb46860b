import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';
import { MASK } from './batchNormGradient.js';
import { rowsOf } from './rows.js';

/** The gradient of batch normalisation with given statistics: x, dy and y are read once for the sums, dy again for dx. */
export const batchNormInferenceGradient: SimdKernel<'residual/batchNormInferenceGradient'> = {
  kernelName: 'residual/batchNormInferenceGradient',
  kernelFunc({ inputs, attrs: { epsilon, hasAddend }, backend }) {
    const { dy, x, scale, mean, variance, y } = inputs;
    const { rows, channels, chunkRows, chunks, size } = rowsOf(x);
    const dx = backend.output(x.shape);
    const dScale = backend.output([channels]);
    const dOffset = backend.output([channels]);
    const inverseStandardDeviation = backend.scratch(4 * channels);
    const partials = backend.scratch(4 * 2 * chunks * channels);
    // A row of zeros, in the place of the mean, before the coefficients.
    const zeroMean = backend.scratch(4 * 4 * channels);
    const coefficients = zeroMean + 4 * channels;
    backend.run({ kernel: 'fill', work: channels }, zeroMean, channels, float(0));
    const dyPointer = backend.pointer(dy);
    const scalePointer = backend.pointer(scale);
    // dy behind the ReLU: the addend's gradient, or a step on the way to dx.
    const masked = y === undefined ? undefined : backend.output(x.shape);

    backend.run(
      { kernel: 'batchNormInferenceCoefficients', work: channels },
      scalePointer,
      scalePointer, // there is no offset in a gradient: what it becomes is overwritten below
      backend.pointer(mean),
      backend.pointer(variance),
      channels,
      float(epsilon),
      inverseStandardDeviation,
      coefficients,
    );
    backend.run(
      { kernel: 'batchNormGradientSums', work: 4 * size },
      y === undefined ? MASK.none : MASK.readY,
      dyPointer,
      0,
      y === undefined ? 0 : backend.pointer(y),
      backend.pointer(x),
      backend.pointer(mean),
      0,
      masked?.pointer ?? 0,
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
      scalePointer,
      inverseStandardDeviation,
      0, // the statistics are given: dx is scale * inverseStandardDeviation * dy
      dScale.pointer,
      dOffset.pointer,
      coefficients,
    );
    backend.run(
      { kernel: 'batchNormApply', work: 4 * size },
      masked?.pointer ?? dyPointer,
      0,
      dx.pointer,
      zeroMean,
      rows,
      channels,
      chunkRows,
      chunks,
      0,
      0,
    );
    const gradients = [dx.info, dScale.info, dOffset.info];
    if (!hasAddend) {
      if (masked !== undefined) backend.disposeData(masked.info.dataId);
      return gradients;
    }
    if (masked !== undefined) return [...gradients, masked.info];
    backend.incRef(dy.dataId);
    return [...gradients, { dataId: dy.dataId, shape: x.shape, dtype: 'float32' }];
  },
};
