import type { Module } from '@residual/blocks';
import { correctCount, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { breather } from './breathe.js';
import type { BatchSource, Prepare } from './data.js';
import { TrainerError } from './error.js';
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
    for (const batch of source.epoch(0)) {
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

/**
 * How often examples of each class are taken for each class: `matrix[actual][predicted]`.
 *
 * @returns K rows of K counts
 * @throws TrainerError `MISMATCH` when a label is none of the model's classes.
 */
export async function confusionMatrix(
  model: Classifier,
  source: BatchSource,
  prepare: Prepare,
): Promise<number[][]> {
  const breathe = breather();
  let matrix: number[][] = [];
  for (const batch of source.epoch(0)) {
    const { predicted, classes } = tf.tidy(() => {
      const logits = model.forward(prepare(batch), 'eval'); // [B, K]
      return { predicted: tf.argMax(logits, 1), classes: logits.shape[1] };
    });
    if (matrix.length === 0)
      matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    try {
      const classOf = await predicted.data<'int32'>();
      batch.labels.forEach((label, i) => {
        const row = matrix[label] ?? unknownLabel(label, matrix.length);
        row[classOf[i]!]! += 1;
      });
    } finally {
      predicted.dispose();
    }
    await breathe();
  }
  return matrix;
}

function unknownLabel(label: number, classes: number): never {
  throw new TrainerError('MISMATCH', {
    where: 'confusionMatrix: labels',
    expected: `class numbers below ${classes}, which the model gives`,
    received: String(label),
    fix: 'Use the model with the data that it was made for.',
  });
}
