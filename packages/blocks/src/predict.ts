import { batchFree } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from './module.js';

export interface PredictOptions {
  /**
   * Whether a picture's output must be the same bits in any batch, as ops' `batchFree` promises, instead of being computed as is
   * fastest for this batch. Default false.
   */
  batchFree?: boolean;
}

/**
 * The model's output in 'eval' mode. Frees everything else; the result belongs to the caller.
 *
 * @example
 * const logits = predict(model, x); // [B, 10]
 * const same = predict(model, x, { batchFree: true }); // each row as it would be if its picture were alone
 */
export function predict<In extends tf.Tensor, Out extends tf.Tensor>(
  model: Module<In, Out>,
  x: In,
  options: PredictOptions = {},
): Out {
  const forward = () => model.forward(x, 'eval');
  return tf.tidy(() => (options.batchFree ? batchFree(forward) : forward()));
}
