import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { channelSum } from './channelSum.js';
import { defineOp } from './defineOp.js';

export interface LinearKernels {
  /** y [B, Cout] of x [B, Cin], weight [Cin, Cout] and bias [Cout]. */
  'residual/linear': {
    inputs: { x: tf.Tensor2D; weight: tf.Tensor2D; bias?: tf.Tensor1D };
    attributes: Record<string, never>;
  };
}

const product = defineOp<LinearKernels, 'residual/linear'>({
  name: 'residual/linear',
  outputs: ({ x, weight }) => [{ shape: [x.shape[0], weight.shape[1]] }],
  reference: ({ x, weight, bias }) => {
    const y = tf.matMul(x, weight);
    return [bias === undefined ? y : tf.add(y, bias)];
  },
  gradient: {
    save: ({ x, weight }) => [x, weight],
    backward: (dy, [x, weight]) => ({
      x: () => tf.matMul(dy, weight!, false, true),
      weight: () => tf.matMul(x!, dy, true, false),
      bias: () => channelSum(dy),
    }),
  },
});

/**
 * A fully connected layer: y = x weight + bias.
 *
 * @param x [B, Cin]
 * @param weight [Cin, Cout] (PyTorch stores the transpose)
 * @param bias [Cout]
 * @returns [B, Cout]
 * @throws OpsError `SHAPE` when the sizes don't fit.
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D {
  assertShape(x, [null, null], 'linear: x', ' (batch, channels)');
  assertShape(weight, [x.shape[1], null], 'linear: weight', ` for ${x.shape[1]} input channels`);
  assertShape(bias, [weight.shape[1]], 'linear: bias', ', one value for each output channel');
  return product.apply({ x, weight, bias }, {}) as tf.Tensor2D;
}
