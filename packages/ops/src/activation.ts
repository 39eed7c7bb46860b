import * as tf from '@tensorflow/tfjs-core';

/** What follows a normalisation in the same pass: nothing, or max(0, y). */
export type Activation = 'linear' | 'relu';

export function activate(y: tf.Tensor, activation: Activation): tf.Tensor {
  return activation === 'relu' ? tf.relu(y) : y;
}

/** dy where the activation let y through. `y` is there exactly when the activation is ReLU. */
export function activationGradient(dy: tf.Tensor, y: tf.Tensor | undefined): tf.Tensor {
  return y === undefined ? dy : tf.mul(dy, tf.cast(tf.greater(y, 0), 'float32'));
}
