import { windowShape } from '@residual/ops';
import type { SimdKernel } from '../kernel.js';

/** What is done to x before pooling; the numbers are those of assembly/maxPool.ts. */
const BEFORE = { nothing: 0, batchNorm: 1, batchNormAndRelu: 2 };

/**
 * Max-pooling: x is read once, the maxima and their positions written once. If x is the promise of a batch
 * normalisation, that is computed on the way.
 */
export const maxPool2d: SimdKernel<'residual/maxPool2d'> = {
  kernelName: 'residual/maxPool2d',
  kernelFunc({ inputs: { x }, attrs, backend }) {
    const [batch, height, width, channels] = x.shape;
    const { kernelSize, stride, padding } = attrs;
    const shape = windowShape(x.shape, kernelSize, attrs, channels);
    const [, outputHeight, outputWidth] = shape;
    const y = backend.output(shape);
    const argmax = backend.output(shape, 'int32');
    const formula = backend.formula(x);
    const normalization = formula?.kind === 'batchNorm' ? formula : undefined;
    let before = BEFORE.nothing;
    if (normalization !== undefined) {
      before = normalization.activation === 'relu' ? BEFORE.batchNormAndRelu : BEFORE.batchNorm;
    }
    const outputs = batch * outputHeight * outputWidth * channels;
    backend.run(
      { kernel: 'maxPool2d', work: 2 * outputs * kernelSize[0] * kernelSize[1] },
      normalization?.x ?? backend.pointer(x),
      y.pointer,
      argmax.pointer,
      batch,
      height,
      width,
      channels,
      ...kernelSize,
      ...stride,
      ...padding,
      outputHeight,
      outputWidth,
      before,
      normalization?.coefficients ?? 0,
    );
    return [y.info, argmax.info];
  },
};

/** dx is written once, dy and argmax read once; what meets at one position is added in the order of the outputs. */
export const maxPool2dGradient: SimdKernel<'residual/maxPool2dGradient'> = {
  kernelName: 'residual/maxPool2dGradient',
  kernelFunc({ inputs: { dy, argmax }, attrs: { inputShape }, backend }) {
    const [batch, height, width, channels] = inputShape;
    const [, outputHeight, outputWidth] = dy.shape;
    const dx = backend.output(inputShape);
    backend.run(
      { kernel: 'maxPool2dGradient', work: batch * height * width * channels },
      backend.pointer(dy),
      backend.pointer(argmax),
      dx.pointer,
      batch,
      height * width,
      outputHeight * outputWidth,
      channels,
    );
    return [dx.info];
  },
};
