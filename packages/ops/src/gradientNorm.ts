import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './defineOp.js';

export interface GradientNormKernels {
  /** A scalar, of any number of gradients. */
  'residual/gradientNorm': { inputs: tf.Tensor[]; attributes: Record<string, never> };
}

const norm = defineOp<GradientNormKernels, 'residual/gradientNorm'>({
  name: 'residual/gradientNorm',
  outputs: () => [{ shape: [] }],
  reference: (gradients) => [tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))],
});

/**
 * The length of all gradients as one vector: sqrt of the sum of all squares. Not finite as soon as any gradient isn't.
 *
 * @returns a scalar
 */
export function gradientNorm(gradients: tf.Tensor[]): tf.Scalar {
  return norm.run(gradients, {})[0] as tf.Scalar;
}
