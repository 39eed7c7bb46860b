import { backend_util, type Conv2DAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];
type Attributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> & {
  dilations?: Conv2DAttrs['dilations'];
};

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
): backend_util.Conv2DInfo | undefined {
  const isDilated = [dilations].flat().some((dilation) => dilation !== 1);
  const areFloats = Object.values(inputs).every(({ dtype }) => dtype === 'float32');
  if (dataFormat !== 'NHWC' || isDilated || !areFloats) return undefined;
  const info = backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  const { inShape, outShape } = info;
  if (util.sizeFromShape(inShape) === 0 || util.sizeFromShape(outShape) === 0) return undefined;
  return inputs.dy === undefined || util.arraysEqual(inputs.dy.shape, outShape) ? info : undefined;
}
