import type { Module } from '@residual/blocks';
import { correctCount, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { breather } from '../breathe.js';
import type { BatchSource, Prepare } from '../data.js';
import { accuracyOf, addMetrics, meanLoss, noMetrics, PendingMetrics } from './metrics.js';

/** Pictures in, logits [B, K] out. */
export type Classifier = Module<tf.Tensor4D, tf.Tensor2D>;

/** How many batches may wait on the device before they are read. */
const READ_EVERY = 64;

export interface Evaluation {
  /** Mean cross-entropy over the examples, in nats. */
  loss: number;
  /** In [0, 1]. */
  accuracy: number;
  /** How many examples. */
  count: number;
}

/**
 * The loss and accuracy of a model in 'eval' mode, weighted by example, so that a smaller last batch counts for less.
 *
 * @param options.signal stops early, by rejecting with the signal's reason
 *
 * @example
 * const { accuracy } = await evaluate(model, data.validation, data.prepare);
 */
export async function evaluate(
  model: Classifier,
  source: BatchSource,
  prepare: Prepare,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Evaluation> {
  const breathe = breather();
  const pending = new PendingMetrics();
  let sums = noMetrics();
  const collect = async () => {
    for (const metrics of await pending.read()) sums = addMetrics(sums, metrics);
  };
  try {
    for await (const batch of source.epoch(0)) {
      signal?.throwIfAborted();
      const metrics = tf.tidy(() => {
        const logits = model.forward(prepare(batch), 'eval'); // [B, K]
        const labels = tf.tensor1d(batch.labels, 'int32');
        return { loss: softmaxCrossEntropy(logits, labels), correct: correctCount(logits, labels) };
      });
      pending.add(metrics, batch.size);
      if (pending.count === READ_EVERY) await collect();
      await breathe();
    }
    await collect();
  } finally {
    pending.dispose();
  }
  return { loss: meanLoss(sums), accuracy: accuracyOf(sums), count: sums.examples };
}
