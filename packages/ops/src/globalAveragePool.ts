import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import type { Shape4D } from './size.js';

export interface GlobalAveragePoolKernels {
  /** y [B, C] of x [B, H, W, C]. */
  'residual/globalAveragePool': { inputs: { x: tf.Tensor4D }; attributes: { inputShape: Shape4D } };
  /** dx [B, H, W, C] of dy [B, C]. */
  'residual/globalAveragePoolGradient': { inputs: { dy: tf.Tensor2D }; attributes: { inputShape: Shape4D } };
}

const poolGradient = defineOp<GlobalAveragePoolKernels, 'residual/globalAveragePoolGradient'>({
  name: 'residual/globalAveragePoolGradient',
  outputs: (_, { inputShape }) => [{ shape: inputShape }],
  reference: ({ dy }, { inputShape }) => {
    const [batch, height, width, channels] = inputShape;
    const share = tf.div(tf.reshape(dy, [batch, 1, 1, channels]), height * width);
    return [tf.broadcastTo(share, inputShape)];
  },
});

const pool = defineOp<GlobalAveragePoolKernels, 'residual/globalAveragePool'>({
  name: 'residual/globalAveragePool',
  outputs: ({ x }) => [{ shape: [x.shape[0], x.shape[3]] }],
  reference: ({ x }) => [tf.mean(x, [1, 2])],
  gradient: {
    save: () => [],
    backward: (dy: tf.Tensor2D, _, { inputShape }) => ({
      x: () => poolGradient.run({ dy }, { inputShape })[0]!,
    }),
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
