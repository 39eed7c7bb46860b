import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { convolveFilterGradient } from '../convolution/filterGradient.js';
import { convolve } from '../convolution/forward.js';
import { convolveInputGradient } from '../convolution/inputGradient.js';
import type { ConvolutionShape } from '../convolution/shape.js';
import type { WebgpuKernel } from '../kernel.js';
import { runStock } from '../stock.js';

// TensorFlow.js's own convolution, for models that don't use `@residual/ops`: NHWC, float32 and without dilation is computed as
// ours is, the rest by its own kernels.

/** `tf.conv2d`. */
export const tfjsConv2d: WebgpuKernel<{ x: TensorInfo; filter: TensorInfo }, Conv2DAttrs> = {
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
export const tfjsConv2dInputGradient: WebgpuKernel<
  { dy: TensorInfo; filter: TensorInfo },
  Conv2DBackpropInputAttrs
> = {
  kernelName: Conv2DBackpropInput,
  kernelFunc(params) {
    const { inputs, attrs, backend } = params;
    const { dy, filter } = inputs;
    const shape = shapeOf(attrs.inputShape, filter.shape, attrs, inputs);
    if (shape === undefined || !isOutputOf(shape, dy)) return runStock(Conv2DBackpropInput, params);
    const dx = backend.output(attrs.inputShape);
    convolveInputGradient(backend, shape, { dy, filter, dx });
    return dx;
  },
};

/** The gradient of `tf.conv2d` by the filter. */
export const tfjsConv2dFilterGradient: WebgpuKernel<
  { x: TensorInfo; dy: TensorInfo },
  Conv2DBackpropFilterAttrs
> = {
  kernelName: Conv2DBackpropFilter,
  kernelFunc(params) {
    const { inputs, attrs, backend } = params;
    const { x, dy } = inputs;
    const shape = shapeOf(x.shape, attrs.filterShape, attrs, inputs);
    if (shape === undefined || !isOutputOf(shape, dy)) return runStock(Conv2DBackpropFilter, params);
    const dFilter = backend.output(attrs.filterShape);
    convolveFilterGradient(backend, shape, { x, dy, dFilter, dBias: undefined });
    return dFilter;
  },
};

type Attributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> & {
  dilations?: Conv2DAttrs['dilations'];
};

/** The sizes in our terms, or undefined where TensorFlow.js's kernel is needed. */
function shapeOf(
  xShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat, dimRoundingMode, dilations = 1 }: Attributes,
  inputs: { [name: string]: TensorInfo },
): ConvolutionShape | undefined {
  const dilated = [dilations].flat().some((dilation) => dilation !== 1);
  const floats = Object.values(inputs).every(({ dtype }) => dtype === 'float32');
  if (dataFormat !== 'NHWC' || dilated || !floats) return undefined;
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  if (util.sizeFromShape(info.outShape) === 0 || util.sizeFromShape(info.inShape) === 0) return undefined;
  return {
    ...{ pictures: info.batchSize, height: info.inHeight, width: info.inWidth, channels: info.inChannels },
    ...{ rows: info.outHeight, columns: info.outWidth, outputs: info.outChannels, groups: 1 },
    ...{ tapRows: info.filterHeight, tapColumns: info.filterWidth },
    ...{ strideRows: info.strideHeight, strideColumns: info.strideWidth },
    ...{ paddingRows: info.padInfo.top, paddingColumns: info.padInfo.left },
  };
}

/** Whether dy has the convolution's output size: `tf.conv2dTranspose` doesn't check it. */
function isOutputOf({ pictures, rows, columns, outputs }: ConvolutionShape, dy: TensorInfo): boolean {
  return util.arraysEqual(dy.shape, [pictures, rows, columns, outputs]);
}
