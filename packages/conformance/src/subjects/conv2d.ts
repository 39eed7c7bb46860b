import { conv2d, windowCount } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { type Conv2dAttributes, conv2d64 } from '../float64/conv2d.js';
import { type DrawnCase, differentiate, type Subject } from '../subject.js';

interface Inputs {
  x: tf.Tensor4D;
  filter: tf.Tensor4D;
  bias?: tf.Tensor1D;
  dy: tf.Tensor;
}

export const conv2dSubject: Subject<Inputs, Conv2dAttributes> = {
  name: 'conv2d',
  kernels: [
    'residual/conv2d',
    'residual/conv2dInputGradient',
    'residual/conv2dFilterGradient',
    'residual/channelSum',
  ],
  inputs: ['x', 'filter', 'bias', 'dy'],
  run: ({ dy, ...inputs }, attributes) =>
    differentiate(({ x, filter, bias }) => conv2d(x, filter, { ...attributes, bias }), inputs, dy),
  float64: conv2d64,
  drawn: [
    // Wider than a block of any tiled kernel, and never a multiple of one.
    drawn([2, 13, 11, 40], 48, [3, 3], 1, 1),
    drawn([1, 17, 9, 24], 20, [3, 3], 2, 1),
    drawn([3, 9, 10, 64], 33, [1, 1], 1, 0),
    drawn([2, 14, 13, 33], 65, [1, 1], 2, 0),
    drawn([1, 29, 31, 3], 37, [7, 7], 2, 3),
    drawn([1, 1, 1, 130], 17, [1, 1], 1, 0),
    drawn([1, 40, 3, 5], 6, [3, 3], 1, 1),
    drawn([2, 5, 5, 9], 7, [5, 5], 1, 2),
    drawn([2, 6, 6, 72], 72, [3, 3], 1, 1),
    drawn([2, 10, 9, 24], 36, [3, 3], 1, 1, 3),
    drawn([1, 11, 12, 64], 64, [3, 3], 2, 1, 16),
    drawn([1, 9, 8, 19], 19, [3, 3], 1, 1, 19),
  ],
};

function drawn(
  shape: [number, number, number, number],
  outputs: number,
  kernel: [number, number],
  stride: number,
  padding: number,
  groups = 1,
): DrawnCase<Inputs, Conv2dAttributes> {
  const [batch, height, width, channels] = shape;
  const length = (size: number, k: number) => windowCount(size, k, stride, padding);
  return {
    name: `[${shape.join(', ')}] -> ${outputs}, ${kernel.join('x')}, stride ${stride}, padding ${padding}, ${groups} groups`,
    inputs: {
      x: { shape },
      filter: { shape: [...kernel, channels / groups, outputs] },
      bias: { shape: [outputs] },
      dy: { shape: [batch, length(height, kernel[0]), length(width, kernel[1]), outputs] },
    },
    attributes: { stride: [stride, stride], padding: [padding, padding], groups },
  };
}
