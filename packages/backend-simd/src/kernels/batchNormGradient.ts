import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import type { SumFormula } from '../deferred.js';
import type { SimdKernel } from '../kernel.js';
import { rowsOf } from './rows.js';

/** How the gradient is masked; the numbers are those of assembly/batchNormGradient.ts. */
export const MASK = { none: 0, readY: 1, computeY: 2 };

/** The gradient of batch normalisation in training: dy and x are read twice, dx written once. */
export const batchNormGradient: SimdKernel<'residual/batchNormGradient'> = {
  kernelName: 'residual/batchNormGradient',
  kernelFunc({ inputs, attrs: { hasAddend }, backend }) {
    const { dy, x, scale, mean, inverseStandardDeviation, y } = inputs;
    const { rows, channels, chunkRows, chunks, size } = rowsOf(x);
    const dx = backend.output(x.shape);
    const dScale = backend.output([channels]);
    const dOffset = backend.output([channels]);
    // The addend's gradient is dy behind the ReLU. The first pass writes it, so that the second needn't read y.
    const dAddend = hasAddend && y !== undefined ? backend.output(x.shape) : undefined;
    const partials = backend.scratch(4 * 2 * chunks * channels);
    const coefficients = backend.scratch(4 * 3 * channels);
    const sumPartials = backend.scratch(4 * chunks * channels);
    const sums = backend.scratch(4 * channels);
    const xPointer = backend.pointer(x);
    const meanPointer = backend.pointer(mean);
    const isKnown = !hasAddend && y !== undefined;
    const forward = (isKnown && backend.remembered(mean, 'forwardCoefficients', 3 * channels)) || 0;
    let mask = MASK.none;
    if (y !== undefined) mask = forward === 0 ? MASK.readY : MASK.computeY;
    const yPointer = y !== undefined && mask === MASK.readY ? backend.pointer(y) : 0;
    // dy is a sum where the block's output went two ways. As the first pass writes dAddend, it can add as well.
    const sum = dAddend === undefined ? undefined : sumOf(backend, dy);
    const dyPointer = sum?.a ?? backend.pointer(dy);

    backend.run(
      { kernel: 'batchNormGradientSums', work: 4 * size },
      mask,
      dyPointer,
      sum?.b ?? 0,
      yPointer,
      xPointer,
      meanPointer,
      forward,
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
      dAddend === undefined ? mask : MASK.none,
      dAddend?.pointer ?? dyPointer,
      yPointer,
      xPointer,
      dx.pointer,
      meanPointer,
      coefficients,
      forward,
      sumPartials,
      rows,
      channels,
      chunkRows,
      chunks,
    );
    backend.run(
      { kernel: 'channelSumFinish', work: 2 * chunks * channels },
      sumPartials,
      sums,
      channels,
      chunks,
    );
    backend.remember(dx.info, 'channelSums', sums, channels);
    const gradients = [dx.info, dScale.info, dOffset.info];
    if (!hasAddend) return gradients;
    if (dAddend !== undefined) return [...gradients, dAddend.info];
    backend.incRef(dy.dataId);
    return [...gradients, { dataId: dy.dataId, shape: x.shape, dtype: 'float32' }];
  },
};

function sumOf(backend: SimdBackend, dy: TensorInfo): SumFormula | undefined {
  const formula = backend.formula(dy);
  return formula?.kind === 'sum' ? formula : undefined;
}
