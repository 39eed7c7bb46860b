import * as tf from '@tensorflow/tfjs-core';
import type { Module } from './module.js';

/**
 * The model's output in 'eval' mode. Frees everything else; the result belongs to the caller.
 *
 * @example
 * const logits = predict(model, x); // [B, 10]
 */
export function predict<In extends tf.Tensor, Out extends tf.Tensor>(model: Module<In, Out>, x: In): Out {
  return tf.tidy(() => model.forward(x, 'eval'));
}
