import type { TensorInfo } from '@tensorflow/tfjs-core';
import { windowView } from '../convolution.js';
import { gemm } from '../gemm.js';
import type { SimdKernel } from '../kernel.js';

interface Inputs {
  /** [B, H, W, Cin] */
  x: TensorInfo;
  /** [kh, kw, Cin / groups, Cout] */
  filter: TensorInfo;
  /** [Cout] */
  bias?: TensorInfo;
}

export interface ConvolutionAttributes {
  stride: [number, number];
  padding: [number, number];
  groups: number;
}

/** `residual/conv2d` of `@residual/ops`: y [B, Ho, Wo, Cout]. */
export const conv2d: SimdKernel<Inputs, ConvolutionAttributes> = {
  kernelName: 'residual/conv2d',
  kernelFunc({ inputs: { x, filter, bias }, attrs: { stride, padding, groups }, backend }) {
    const [images, height, width, pixel] = x.shape as [number, number, number, number];
    const [tapRows, tapColumns, channels, outputChannels] = filter.shape as [number, number, number, number];
    const [ph, pw] = padding;
    const rows = Math.floor((height + 2 * ph - tapRows) / stride[0]) + 1;
    const columns = Math.floor((width + 2 * pw - tapColumns) / stride[1]) + 1;
    const { info, pointer } = backend.output([images, rows, columns, outputChannels]);
    gemm(backend, {
      a: windowView({
        ...{ pointer: backend.pointer(x), images, height, width, pixel, rows, columns },
        ...{ tapRows, tapColumns, channels, top: -ph, left: -pw, strides: stride },
      }),
      b: {
        pointer: backend.pointer(filter),
        steps: {
          group: outputChannels / groups,
          tapRow: tapColumns * channels * outputChannels,
          tapColumn: channels * outputChannels,
          channel: outputChannels,
          column: 1,
        },
      },
      c: {
        pointer,
        steps: {
          image: rows * columns * outputChannels,
          row: columns * outputChannels,
          column: outputChannels,
        },
      },
      groups,
      columns: outputChannels / groups,
      bias: bias === undefined ? 0 : backend.pointer(bias),
    });
    return [info];
  },
};
