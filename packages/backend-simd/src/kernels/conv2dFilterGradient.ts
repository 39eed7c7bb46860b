import type { TensorInfo } from '@tensorflow/tfjs-core';
import { filterGradient } from '../filterGradient.js';
import type { SimdKernel } from '../kernel.js';
import type { ConvolutionAttributes } from './conv2d.js';

interface Inputs {
  /** [B, H, W, Cin] */
  x: TensorInfo;
  /** [B, Ho, Wo, Cout] */
  dy: TensorInfo;
}

interface Attributes extends ConvolutionAttributes {
  /** [kh, kw, Cin / groups, Cout] */
  filterShape: [number, number, number, number];
}

/** `residual/conv2dFilterGradient` of `@residual/ops`: dFilter [kh, kw, Cin / groups, Cout]. */
export const conv2dFilterGradient: SimdKernel<Inputs, Attributes> = {
  kernelName: 'residual/conv2dFilterGradient',
  kernelFunc({ inputs: { x, dy }, attrs: { filterShape, stride, padding, groups }, backend }) {
    const [images, height, width, pixel] = x.shape as [number, number, number, number];
    const [, rows, columns, outputChannels] = dy.shape as [number, number, number, number];
    const [tapRows, tapColumns, channels] = filterShape;
    const { info, pointer } = backend.output(filterShape);
    filterGradient(backend, {
      windows: {
        ...{ pointer: backend.pointer(x), images, height, width, pixel, rows, columns },
        ...{ tapRows, tapColumns, channels, top: -padding[0], left: -padding[1], strides: stride },
      },
      dy: backend.pointer(dy),
      groups,
      outputs: outputChannels / groups,
      result: pointer,
    });
    return [info];
  },
};
