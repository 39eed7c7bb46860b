import { type Module, predict } from '@residual/blocks';
import { correctCount, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { breather } from '../breathe.js';
import type { BatchSource, Prepare, TrainingData } from '../data.js';
import { TrainerError } from '../error.js';
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

export interface JudgeOptions {
  /** Stops early, by rejecting with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Whether a picture's logits must be the same bits in any batch, instead of being computed as is fastest for this one, as
   * blocks' `predict` has it. Default: false for `evaluate`, whose loss is then that of a run's validation, to the bit; true
   * for `predictions`, which are of single pictures.
   */
  batchFree?: boolean;
}

/** What a model is judged by: the validation part of what a run is given, or a source and what prepares its pictures. */
export type Judged =
  | [data: TrainingData, options?: JudgeOptions]
  | [source: BatchSource, prepare: Prepare, options?: JudgeOptions];

export function sourceOf(judged: Judged): { source: BatchSource; prepare: Prepare } & JudgeOptions {
  const [first] = judged;
  if ('epoch' in first) {
    const [, prepare, options] = judged as Extract<Judged, [BatchSource, ...unknown[]]>;
    if (typeof prepare === 'function') return { source: first, prepare, ...options };
    throw nothingToJudge('prepare', 'a function from bytes to the input of the network', typeof prepare);
  }
  const [{ validation, prepare }, options] = judged as [TrainingData, JudgeOptions?];
  if (validation !== undefined) return { source: validation, prepare, ...options };
  throw nothingToJudge('data.validation', 'pictures to judge by', 'none');
}

function nothingToJudge(where: string, expected: string, received: string): TrainerError {
  const fix = 'Give data with a validation part, or a source and prepare.';
  return new TrainerError('OPTION', { where, expected, received, fix });
}

/**
 * The loss and accuracy of a model in 'eval' mode, weighted by example, so that a smaller last batch counts for less.
 *
 * @throws TrainerError `OPTION` when there is nothing to judge by.
 *
 * @example
 * const { accuracy } = await evaluate(model, data); // of its validation part
 * const { loss } = await evaluate(model, data.train, data.prepare);
 */
export async function evaluate(model: Classifier, ...judged: Judged): Promise<Evaluation> {
  const { source, prepare, signal, batchFree } = sourceOf(judged);
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
        const logits = predict(model, prepare(batch), { batchFree }); // [B, K]
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
