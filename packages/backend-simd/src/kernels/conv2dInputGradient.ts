import type { TensorInfo } from '@tensorflow/tfjs-core';
import { windowView } from '../convolution.js';
import { gemm } from '../gemm.js';
import type { SimdKernel } from '../kernel.js';
import type { ConvolutionAttributes } from './conv2d.js';

interface Inputs {
  /** [B, Ho, Wo, Cout] */
  dy: TensorInfo;
  /** [kh, kw, Cin / groups, Cout] */
  filter: TensorInfo;
}

interface Attributes extends ConvolutionAttributes {
  /** [B, H, W, Cin] */
  inputShape: [number, number, number, number];
}

/**
 * `residual/conv2dInputGradient` of `@residual/ops`: dx [B, H, W, Cin], a convolution of dy with the filter turned round.
 *
 * dx[h] gathers filter[i] dy[(h + padding - i) / stride] over the taps i that leave no remainder. The rows h with the same
 * remainder of (h + padding) / stride use the same taps, every stride-th one: a phase. So each phase is a convolution
 * of stride 1 of its own, whose results lie `stride` apart in dx, and nothing is multiplied by the zeros between dy's rows.
 */
export const conv2dInputGradient: SimdKernel<Inputs, Attributes> = {
  kernelName: 'residual/conv2dInputGradient',
  kernelFunc({ inputs: { dy, filter }, attrs: { inputShape, stride, padding, groups }, backend }) {
    const [images, height, width, pixel] = inputShape;
    const [, dyHeight, dyWidth, outputChannels] = dy.shape as [number, number, number, number];
    const [tapRows, tapColumns, channels] = filter.shape as [number, number, number, number];
    const { info, pointer } = backend.output(inputShape);
    const dyPointer = backend.pointer(dy);
    const filterPointer = backend.pointer(filter);
    const tapRow = tapColumns * channels * outputChannels;
    const tapColumn = channels * outputChannels;
    for (const vertical of phases(height, tapRows, stride[0], padding[0])) {
      for (const horizontal of phases(width, tapColumns, stride[1], padding[1])) {
        const lastTap = vertical.lastTap * tapRow + horizontal.lastTap * tapColumn;
        gemm(backend, {
          a: windowView({
            ...{ pointer: dyPointer, images, height: dyHeight, width: dyWidth, pixel: outputChannels },
            ...{ rows: vertical.count, columns: horizontal.count },
            ...{ tapRows: vertical.taps, tapColumns: horizontal.taps, channels: outputChannels / groups },
            ...{ top: vertical.start, left: horizontal.start, strides: [1, 1] },
          }),
          b: {
            // dy's rows ahead go with the filter's taps backwards, and its columns are now the input's channels.
            pointer: filterPointer + 4 * lastTap,
            steps: {
              group: outputChannels / groups,
              tapRow: -stride[0] * tapRow,
              tapColumn: -stride[1] * tapColumn,
              channel: 1,
              column: outputChannels,
            },
          },
          c: {
            pointer: pointer + 4 * (vertical.first * width + horizontal.first) * pixel,
            steps: {
              image: height * width * pixel,
              row: stride[0] * width * pixel,
              column: stride[1] * pixel,
            },
          },
          groups,
          columns: channels,
          bias: 0,
        });
      }
    }
    return [info];
  },
};

interface Phase {
  /** The first h of the phase, and how many there are, a stride apart. */
  first: number;
  count: number;
  /** How many taps the phase uses, and the last of them. */
  taps: number;
  lastTap: number;
  /** The row of dy that goes with the first h and the last tap. */
  start: number;
}

/** The phases of one axis of length `size`; a phase without rows is left out. */
function phases(size: number, taps: number, stride: number, padding: number): Phase[] {
  return Array.from({ length: stride }, (_, remainder) => {
    const first = (((remainder - padding) % stride) + stride) % stride;
    const count = Math.max(0, Math.ceil((size - first) / stride));
    const used = Math.max(0, Math.ceil((taps - remainder) / stride));
    // With a stride beyond the filter some rows of dx meet no tap: they become zeros.
    if (used === 0) return { first, count, taps: 0, lastTap: 0, start: 0 };
    const lastTap = remainder + (used - 1) * stride;
    return { first, count, taps: used, lastTap, start: (first + padding - lastTap) / stride };
  }).filter(({ count }) => count > 0);
}
