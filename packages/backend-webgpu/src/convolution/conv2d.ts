import { windowShape } from '@residual/ops';
import type { WebgpuKernel } from '../kernel.js';
import { convolveFilterGradient } from './filterGradient.js';
import { convolve } from './forward.js';
import { convolveInputGradient } from './inputGradient.js';
import { promisedSums } from './promisedSums.js';
import { convolutionShape } from './shape.js';

export const conv2d: WebgpuKernel<'residual/conv2d'> = {
  kernelName: 'residual/conv2d',
  kernelFunc({ inputs: { x, filter, bias }, attrs, backend }) {
    const [kh, kw, , channels] = filter.shape;
    const y = backend.activation(windowShape(x.shape, [kh, kw], attrs, channels));
    convolve(backend, convolutionShape(x.shape, filter.shape, y.shape, attrs), { x, filter, bias, y });
    if (bias !== undefined) promisedSums(backend).expect(x);
    return y;
  },
};

/** Computed when it is used: where two paths of a network join backward, in one pass with the sum (add.ts). */
export const conv2dInputGradient: WebgpuKernel<'residual/conv2dInputGradient'> = {
  kernelName: 'residual/conv2dInputGradient',
  kernelFunc({ inputs: { dy, filter }, attrs, backend }) {
    const shape = convolutionShape(attrs.inputShape, filter.shape, dy.shape, attrs);
    return backend.defer(attrs.inputShape, [dy, filter], (dx, addend) =>
      convolveInputGradient(backend, shape, { dy, filter, dx, addend }),
    );
  },
};

export const conv2dFilterGradient: WebgpuKernel<'residual/conv2dFilterGradient'> = {
  kernelName: 'residual/conv2dFilterGradient',
  kernelFunc({ inputs: { x, dy }, attrs, backend }) {
    const dFilter = backend.output(attrs.filterShape);
    const dBias = promisedSums(backend).promise(x, dy);
    const shape = convolutionShape(x.shape, dFilter.shape, dy.shape, attrs);
    convolveFilterGradient(backend, shape, { x, dy, dFilter, dBias });
    return dFilter;
  },
};
