import { backend_util, type Conv2DAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from './conv2dReference.js';
import type { Shape4D } from './size.js';

type Attributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> & {
  dilations?: Conv2DAttrs['dilations'];
};

/** Shapes and attributes in the terms of `residual/conv2d`, but for one: of the padding after x, as much counts as y's size asks for. */
export interface TfjsConvolution extends ConvolutionAttributes {
  x: Shape4D;
  filter: Shape4D;
  y: Shape4D;
}

/**
 * The sizes of a convolution of TensorFlow.js's own (its kernels `Conv2D`, `Conv2DBackpropInput` and `Conv2DBackpropFilter`), for a
 * backend that computes it as it does `conv2d`. Undefined for what is none of that kind: other layouts than NHWC, other
 * types than float32, dilation, no elements, or a dy that isn't the output's size, which `tf.conv2dTranspose` doesn't check.
 *
 * @param x [B, H, W, Cin]
 * @param filter [kh, kw, Cin, Cout]
 * @param inputs the kernel's: two of x, filter and dy
 */
export function tfjsConvolution(
  x: number[],
  filter: number[],
  { strides, pad, dataFormat, dimRoundingMode, dilations = 1 }: Attributes,
  inputs: { x?: TensorInfo; filter?: TensorInfo; dy?: TensorInfo },
): TfjsConvolution | undefined {
  const isDilated = [dilations].flat().some((dilation) => dilation !== 1);
  const areFloats = Object.values(inputs).every(({ dtype }) => dtype === 'float32');
  if (dataFormat !== 'NHWC' || isDilated || !areFloats) return undefined;
  const { inShape, filterShape, outShape, strideHeight, strideWidth, padInfo } =
    backend_util.computeConv2DInfo(x as Shape4D, filter as Shape4D, strides, dilations, pad, dimRoundingMode);
  if (util.sizeFromShape(inShape) === 0 || util.sizeFromShape(outShape) === 0) return undefined;
  if (inputs.dy !== undefined && !util.arraysEqual(inputs.dy.shape, outShape)) return undefined;
  return {
    ...{ x: inShape, filter: filterShape, y: outShape },
    ...{ stride: [strideHeight, strideWidth], padding: [padInfo.top, padInfo.left], groups: 1 },
  };
}
