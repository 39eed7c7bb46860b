import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';

const poolGradient = defineOp<{ dy: tf.Tensor }, { inputShape: number[] }>({
  name: 'residual/globalAveragePoolGradient',
  outputs: (_, { inputShape }) => [{ shape: inputShape }],
  reference: ({ dy }, { inputShape }) => {
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    const share = tf.div(tf.reshape(dy, [batch, 1, 1, channels]), height * width);
    return [tf.broadcastTo(share, inputShape)];
  },
});

const pool = defineOp<{ x: tf.Tensor4D }, { inputShape: number[] }>({
  name: 'residual/globalAveragePool',
  outputs: ({ x }) => [{ shape: [x.shape[0], x.shape[3]] }],
  reference: ({ x }) => [tf.mean(x, [1, 2])],
  gradient: {
    save: () => [],
    backward: (dy, _, { inputShape }) => ({ x: () => poolGradient.run({ dy }, { inputShape })[0]! }),
  },
});

/**
 * The mean of each channel over the whole picture, PyTorch's `AdaptiveAvgPool2d(1)` and `Flatten`.
 *
 * @param x [B, H, W, C]
 * @returns [B, C]
 */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  assertShape(x, [null, null, null, null], 'globalAveragePool: x', ' (batch, height, width, channels)');
  return pool.apply({ x }, { inputShape: x.shape }) as tf.Tensor2D;
}
