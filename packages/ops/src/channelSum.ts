import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './defineOp.js';

export interface ChannelSumKernels {
  /** The sums [C] of x [..., C]. */
  'residual/channelSum': { inputs: { x: tf.Tensor }; attributes: Record<string, never> };
}

const sum = defineOp<ChannelSumKernels, 'residual/channelSum'>({
  name: 'residual/channelSum',
  outputs: ({ x }) => [{ shape: [x.shape[x.rank - 1]!] }],
  reference: ({ x }) => [
    tf.sum(
      x,
      Array.from({ length: x.rank - 1 }, (_, axis) => axis),
    ),
  ],
});

/** Sums x [..., C] over all axes but the last: [C]. The gradient of a bias. Not differentiable itself. */
export function channelSum(x: tf.Tensor): tf.Tensor1D {
  return sum.run({ x }, {})[0] as tf.Tensor1D;
}
