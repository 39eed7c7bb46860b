import { tfjsConvolution } from '@residual/ops';
import {
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from '../stock.js';
import { convolveFilterGradient } from './filterGradient.js';
import { convolve } from './forward.js';
import { convolveInputGradient } from './inputGradient.js';
import { type ConvolutionShape, convolutionShape } from './shape.js';

// TensorFlow.js's own convolution, for models that don't use `@residual/ops`: NHWC, float32 and without dilation is computed as
// ours is, the rest by its own kernels.

/** `tf.conv2d`. */
export const tfjsConv2d: TfjsKernel<{ x: TensorInfo; filter: TensorInfo }, Conv2DAttrs> = {
  kernelName: Conv2D,
  kernelFunc(params) {
    const { inputs, attrs, backend } = params;
    const { x, filter } = inputs;
    const shape = shapeOf(x.shape, filter.shape, attrs, inputs);
    if (shape === undefined) return runStock(Conv2D, params);
    const y = backend.output([shape.pictures, shape.rows, shape.columns, shape.outputs]);
    convolve(backend, shape, { x, filter, bias: undefined, y });
    return y;
  },
};

/** The gradient of `tf.conv2d` by x; also `tf.conv2dTranspose`. */
export const tfjsConv2dInputGradient: TfjsKernel<
  { dy: TensorInfo; filter: TensorInfo },
  Conv2DBackpropInputAttrs
> = {
  kernelName: Conv2DBackpropInput,
  kernelFunc(params) {
    const { inputs, attrs, backend } = params;
    const { dy, filter } = inputs;
    const shape = shapeOf(attrs.inputShape, filter.shape, attrs, inputs);
    if (shape === undefined) return runStock(Conv2DBackpropInput, params);
    const dx = backend.output(attrs.inputShape);
    convolveInputGradient(backend, shape, { dy, filter, dx, addend: undefined });
    return dx;
  },
};

/** The gradient of `tf.conv2d` by the filter. */
export const tfjsConv2dFilterGradient: TfjsKernel<
  { x: TensorInfo; dy: TensorInfo },
  Conv2DBackpropFilterAttrs
> = {
  kernelName: Conv2DBackpropFilter,
  kernelFunc(params) {
    const { inputs, attrs, backend } = params;
    const { x, dy } = inputs;
    const shape = shapeOf(x.shape, attrs.filterShape, attrs, inputs);
    if (shape === undefined) return runStock(Conv2DBackpropFilter, params);
    const dFilter = backend.output(attrs.filterShape);
    convolveFilterGradient(backend, shape, { x, dy, dFilter, dBias: undefined });
    return dFilter;
  },
};

/** In our terms, or undefined where TensorFlow.js's kernel is needed. */
function shapeOf(...convolution: Parameters<typeof tfjsConvolution>): ConvolutionShape | undefined {
  const sizes = tfjsConvolution(...convolution);
  return sizes && convolutionShape(sizes.x, sizes.filter, sizes.y, sizes);
}
