import { convolveFilterGradient } from '../convolution/filterGradient.js';
import { convolve } from '../convolution/forward.js';
import { convolveInputGradient } from '../convolution/inputGradient.js';
import { convolutionShape } from '../convolution/shape.js';
import type { SimdKernel } from '../kernel.js';

/** `residual/conv2d` of `@residual/ops`: y [B, Ho, Wo, Cout]. */
export const conv2d: SimdKernel<'residual/conv2d'> = {
  kernelName: 'residual/conv2d',
  kernelFunc({ inputs: { x, filter, bias }, attrs, backend }) {
    const shape = convolutionShape(x.shape, filter.shape, attrs);
    const { info, pointer } = backend.output([shape.images, shape.rows, shape.columns, shape.outputs]);
    convolve(backend, shape, {
      x: backend.pointer(x),
      filter: backend.pointer(filter),
      filterTensor: filter,
      bias: bias === undefined ? 0 : backend.pointer(bias),
      y: pointer,
    });
    return [info];
  },
};

/** `residual/conv2dInputGradient` of `@residual/ops`: dx [B, H, W, Cin]. */
export const conv2dInputGradient: SimdKernel<'residual/conv2dInputGradient'> = {
  kernelName: 'residual/conv2dInputGradient',
  kernelFunc({ inputs: { dy, filter }, attrs, backend }) {
    const { info, pointer } = backend.output(attrs.inputShape);
    convolveInputGradient(backend, convolutionShape(attrs.inputShape, filter.shape, attrs), {
      dy: backend.pointer(dy),
      filter: backend.pointer(filter),
      dx: pointer,
    });
    return [info];
  },
};

/** `residual/conv2dFilterGradient` of `@residual/ops`: dFilter [kh, kw, Cin / groups, Cout]. */
export const conv2dFilterGradient: SimdKernel<'residual/conv2dFilterGradient'> = {
  kernelName: 'residual/conv2dFilterGradient',
  kernelFunc({ inputs: { x, dy }, attrs, backend }) {
    const { info, pointer } = backend.output(attrs.filterShape);
    convolveFilterGradient(backend, convolutionShape(x.shape, attrs.filterShape, attrs), {
      x: backend.pointer(x),
      dy: backend.pointer(dy),
      dFilter: pointer,
    });
    return [info];
  },
};
