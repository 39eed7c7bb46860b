import { buffers, withRandomness } from '@residual/blocks';
import { correctCount, releaseTape } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { TrainerError } from '../error.js';
import type { Classifier } from '../judge/evaluate.js';
import type { DeviceMetrics } from '../judge/metrics.js';
import type { BatchInput } from './batchInput.js';

export interface LossAndGradients {
  loss: tf.Scalar;
  /** One a parameter. */
  gradients: tf.Tensor[];
}

/**
 * One forward and backward pass. Moves the running statistics; changes no parameter.
 *
 * @param forward the loss, which depends on the parameters
 * @returns tensors that belong to the caller
 * @throws TrainerError `OPTION` when the loss is no scalar, `MISMATCH` when it doesn't depend on a parameter; what the model throws, such as a backend's
 *   error for lack of memory. Nothing stays in memory then.
 */
export function gradientsOf(
  parameters: ReadonlyMap<string, tf.Variable>,
  forward: () => tf.Scalar,
): LossAndGradients {
  try {
    return tf.tidy(() => {
      // A kernel's 1, where tfjs's own would be made in JavaScript: that couldn't be recorded.
      const one = tf.fill([], 1);
      const of = [...parameters.values()];
      const { value, grads } = tf.engine().gradients(() => scalarOf(forward()), of, one as tf.Scalar, true);
      const gradients = [...parameters.keys()].map((path, i) => grads[i] ?? unused(path));
      return { loss: value as tf.Scalar, gradients };
    });
  } catch (error) {
    releaseTape();
    throw error;
  }
}

/**
 * {@link gradientsOf} a batch, with what is counted of it.
 *
 * @param input borrowed
 * @returns tensors that belong to the caller
 * @throws as gradientsOf
 */
export function lossAndGradients(
  model: Classifier,
  parameters: ReadonlyMap<string, tf.Variable>,
  { x, labels, targets, loss, randomness }: BatchInput,
): LossAndGradients & DeviceMetrics {
  const kept: tf.Scalar[] = []; // what leaves the gradient's scope beside the loss
  try {
    const result = gradientsOf(parameters, () => {
      const logits = withRandomness(model, randomness, () => model.forward(x, 'train')); // [B, K]
      kept.push(tf.keep(correctCount(logits, labels)));
      return loss(logits, targets);
    });
    return { ...result, correct: kept[0]! };
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
}

/** Runs `fn` and puts the running statistics back. */
export function preservingBuffers<T>(model: Classifier, fn: () => T): T {
  const statistics = buffers(model);
  const before = statistics.map((buffer) => buffer.clone());
  try {
    return fn();
  } finally {
    statistics.forEach((buffer, i) => {
      buffer.assign(before[i]!);
    });
    tf.dispose(before);
  }
}

function scalarOf(loss: tf.Scalar): tf.Scalar {
  if (loss?.shape?.length === 0) return loss;
  throw new TrainerError('OPTION', {
    where: 'loss',
    expected: 'a scalar, the mean over the batch',
    received: loss?.shape === undefined ? typeof loss : `a tensor of shape [${loss.shape}]`,
    fix: 'End it with tf.mean.',
  });
}

function unused(path: string): never {
  throw new TrainerError('MISMATCH', {
    where: path,
    expected: 'a parameter that the loss depends on',
    received: 'one without a gradient',
    fix: "Use it in the model's forward, or take it out of the model.",
  });
}
