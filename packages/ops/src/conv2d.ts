import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { batchFreeAttribute } from './batchFree.js';
import { channelSum } from './channelSum.js';
import {
  type ConvolutionAttributes,
  convolve,
  convolveFilterGradient,
  convolveInputGradient,
} from './conv2dReference.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';
import { type Shape4D, type Size, sizeOf } from './size.js';
import { windowShape } from './windows.js';

/** x [B, H, W, Cin], filter [kh, kw, Cin / groups, Cout], bias [Cout], y [B, Ho, Wo, Cout]. */
export interface Conv2dKernels {
  /** y. */
  'residual/conv2d': {
    inputs: { x: tf.Tensor4D; filter: tf.Tensor4D; bias?: tf.Tensor1D };
    attributes: ConvolutionAttributes;
  };
  /** dx. */
  'residual/conv2dInputGradient': {
    inputs: { dy: tf.Tensor4D; filter: tf.Tensor4D };
    attributes: ConvolutionAttributes & { inputShape: Shape4D };
  };
  /** dFilter. */
  'residual/conv2dFilterGradient': {
    inputs: { x: tf.Tensor4D; dy: tf.Tensor4D };
    attributes: ConvolutionAttributes & { filterShape: Shape4D };
  };
}

const inputGradient = defineOp<Conv2dKernels, 'residual/conv2dInputGradient'>({
  name: 'residual/conv2dInputGradient',
  outputs: (_, { inputShape }) => [{ shape: inputShape }],
  reference: ({ dy, filter }, attributes) => [convolveInputGradient(dy, filter, attributes)],
});

const filterGradient = defineOp<Conv2dKernels, 'residual/conv2dFilterGradient'>({
  name: 'residual/conv2dFilterGradient',
  outputs: (_, { filterShape }) => [{ shape: filterShape }],
  reference: ({ x, dy }, attributes) => [convolveFilterGradient(x, dy, attributes)],
});

const convolution = defineOp<Conv2dKernels, 'residual/conv2d'>({
  name: 'residual/conv2d',
  outputs: ({ x, filter }, attributes) => {
    const [kh, kw, , channels] = filter.shape;
    return [{ shape: windowShape(x.shape, [kh, kw], attributes, channels) }];
  },
  reference: ({ x, filter, bias }, attributes) => {
    const y = convolve(x, filter, attributes);
    return [bias === undefined ? y : tf.add(y, bias)];
  },
  gradient: {
    save: ({ x, filter }) => [x, filter],
    backward: (dy: tf.Tensor4D, [x, filter]: tf.Tensor4D[], attributes) => ({
      x: () => inputGradient.run({ dy, filter: filter! }, { ...attributes, inputShape: x!.shape })[0]!,
      filter: () => filterGradient.run({ x: x!, dy }, { ...attributes, filterShape: filter!.shape })[0]!,
      bias: () => channelSum(dy),
    }),
  },
});

export interface Conv2dOptions {
  /** [Cout]. */
  bias?: tf.Tensor1D;
  /** Default 1. */
  stride?: Size;
  /** Zeros on *both* sides of each axis, as in PyTorch (TensorFlow's `'same'` pads one side more). Default 0. */
  padding?: Size;
  /** Input and output channels fall into this many independent groups. Default 1. */
  groups?: number;
}

/**
 * 2-D convolution, PyTorch's `F.conv2d` on NHWC: y[b,h,w,o] = bias[o] + sum over i, j, c of x[b, h*stride+i-padding, ...] filter[i,j,c,o].
 *
 * @param x [B, H, W, Cin]
 * @param filter [kh, kw, Cin / groups, Cout]
 * @returns [B, Ho, Wo, Cout] with Ho = floor((H + 2 padding - kh) / stride) + 1
 * @throws OpsError `SHAPE` when the filter, bias or picture don't fit, `OPTION` for a bad stride, padding or group count.
 */
export function conv2d(x: tf.Tensor4D, filter: tf.Tensor4D, options: Conv2dOptions = {}): tf.Tensor4D {
  const { bias, groups = 1 } = options;
  const stride = sizeOf(options.stride ?? 1, 'conv2d: stride', 1);
  const padding = sizeOf(options.padding ?? 0, 'conv2d: padding', 0);
  assertShape(x, [null, null, null, null], 'conv2d: x', ' (batch, height, width, channels)');
  assertShape(filter, [null, null, null, null], 'conv2d: filter', ' (kh, kw, Cin / groups, Cout)');
  const [, height, width, channels] = x.shape;
  const [kh, kw, , outputChannels] = filter.shape;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || outputChannels % groups !== 0) {
    throw new OpsError('OPTION', {
      where: 'conv2d: groups',
      expected: `a divisor of ${channels} input and ${outputChannels} output channels`,
      received: String(groups),
      fix: 'Use another number of groups or channels.',
    });
  }
  assertShape(
    filter,
    [kh, kw, channels / groups, outputChannels],
    'conv2d: filter',
    ` for ${channels} input channels in ${groups} groups`,
  );
  assertShape(bias, [outputChannels], 'conv2d: bias', ', one value for each output channel');
  if (height + 2 * padding[0] < kh || width + 2 * padding[1] < kw) {
    throw new OpsError('SHAPE', {
      where: 'conv2d: x',
      expected: `a picture of at least ${kh}x${kw} with padding ${padding.join('x')}`,
      received: `${height}x${width}`,
      fix: 'Use larger pictures, or more padding.',
    });
  }
  const attributes = { stride, padding, groups, ...batchFreeAttribute() };
  return convolution.apply({ x, filter, bias }, attributes) as tf.Tensor4D;
}
