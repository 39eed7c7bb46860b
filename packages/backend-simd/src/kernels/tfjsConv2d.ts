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
import { convolveFilterGradient } from '../convolution/filterGradient.js';
import { convolve } from '../convolution/forward.js';
import { convolveInputGradient } from '../convolution/inputGradient.js';
import { type ConvolutionShape, convolutionShape } from '../convolution/shape.js';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from './stock.js';

// tfjs's own convolution, for models that don't use `@residual/ops`: NHWC, float32 and without dilation is computed as
// ours is, the rest by tfjs's CPU kernels.

/** `tf.conv2d`. */
export const tfjsConv2d: TfjsKernel<{ x: TensorInfo; filter: TensorInfo }, Conv2DAttrs> = {
  kernelName: Conv2D,
  kernelFunc(params) {
    const { inputs, attrs, backend } = params;
    const { x, filter } = inputs;
    const shape = shapeOf(x.shape, filter.shape, attrs, inputs);
    if (shape === undefined) return runStock(Conv2D, params);
    const { info, pointer } = backend.output([shape.images, shape.rows, shape.columns, shape.outputs]);
    convolve(backend, shape, { x: backend.pointer(x), filter: backend.pointer(filter), bias: 0, y: pointer });
    return info;
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
    const { info, pointer } = backend.output(attrs.inputShape);
    const tensors = { dy: backend.pointer(dy), filter: backend.pointer(filter), dx: pointer };
    convolveInputGradient(backend, shape, tensors);
    return info;
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
    const { info, pointer } = backend.output(attrs.filterShape);
    const tensors = { x: backend.pointer(x), dy: backend.pointer(dy), dFilter: pointer };
    convolveFilterGradient(backend, shape, tensors);
    return info;
  },
};

/** In our terms, or undefined where tfjs's kernel is needed. */
function shapeOf(...convolution: Parameters<typeof tfjsConvolution>): ConvolutionShape | undefined {
  const sizes = tfjsConvolution(...convolution);
  if (sizes === undefined) return undefined;
  const { x, filter, y } = sizes;
  return { ...convolutionShape(x, filter, sizes), rows: y[1], columns: y[2] };
}
