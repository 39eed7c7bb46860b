import { predict } from '@residual/blocks';
import { exp, log } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { breather } from '../breathe.js';
import { TrainerError } from '../error.js';
import { type Classifier, type Evaluation, type Judged, sourceOf } from './evaluate.js';

/** What a model says of one example. */
export interface Prediction {
  /** Of the example in its dataset. */
  index: number;
  /** The class it is of. */
  label: number;
  /** The class with the largest logit; the first of equal ones. */
  predicted: number;
  /** How many classes come before the one it is of, by their logits and, of equal ones, by number: 0 where that is predicted. */
  rank: number;
  /** Of the class predicted, in [0, 1]. */
  probability: number;
  /** The cross-entropy with the label, in nats. */
  loss: number;
}

/** What a model says of all examples of a source. Plain values, which can be posted to another thread. */
export interface Predictions extends Evaluation {
  /** In the order of the source. */
  examples: Prediction[];
  /** How often examples of each class are taken for each class: `confusionMatrix[actual][predicted]`. */
  confusionMatrix: number[][];
}

/**
 * What a model in 'eval' mode says of each example, with the loss, the accuracy and the confusion matrix that follow.
 * One pass over the source, which reads a batch's logits at a time.
 *
 * @throws TrainerError `OPTION` when there is nothing to judge by, `MISMATCH` when a label is none of the model's classes, `NON_FINITE` when a logit is NaN or infinite.
 *
 * @example
 * const { examples, confusionMatrix } = await predictions(model, data); // of its validation part
 * const [worst] = worstMistakes(examples, 1);
 */
export async function predictions(model: Classifier, ...judged: Judged): Promise<Predictions> {
  const { source, prepare, signal, batchFree = true } = sourceOf(judged);
  const breathe = breather();
  const examples: Prediction[] = [];
  let classes = 0;
  for await (const batch of source.epoch(0)) {
    signal?.throwIfAborted();
    const logits = tf.tidy(() => predict(model, prepare(batch), { batchFree })); // [B, K]
    classes = logits.shape[1];
    try {
      const values = await logits.data<'float32'>();
      batch.labels.forEach((label, i) => {
        const row = values.subarray(i * classes, (i + 1) * classes);
        examples.push(predictionOf(row, label, batch.indices[i]!));
      });
    } finally {
      logits.dispose();
    }
    await breathe();
  }
  return { ...summaryOf(examples), examples, confusionMatrix: matrixOf(examples, classes) };
}

/**
 * How often examples of each class are taken for each class: `matrix[actual][predicted]`.
 *
 * @returns K rows of K counts
 * @throws TrainerError as `predictions`, of which this is a part.
 */
export async function confusionMatrix(model: Classifier, ...judged: Judged): Promise<number[][]> {
  return (await predictions(model, ...judged)).confusionMatrix;
}

/** The examples that a model takes for another class, the largest loss first; at most `count` of them. */
export function worstMistakes(examples: readonly Prediction[], count: number): Prediction[] {
  return examples
    .filter(({ label, predicted }) => predicted !== label)
    .sort((a, b) => b.loss - a.loss)
    .slice(0, count);
}

/** Softmax and cross-entropy of one row of logits [K], in double precision. */
function predictionOf(logits: Float32Array, label: number, index: number): Prediction {
  const largest = Math.max(...logits); // NaN when any logit is
  const sum = logits.reduce((total, logit) => total + exp(logit - largest), 0);
  if (!Number.isFinite(sum)) throw notFinite(logits, index);
  if (!(label in logits)) throw unknownLabel(label, logits.length, index);
  return {
    index,
    label,
    predicted: logits.indexOf(largest),
    rank: rankOf(logits, label),
    probability: 1 / sum,
    loss: largest + log(sum) - logits[label]!,
  };
}

function rankOf(logits: Float32Array, label: number): number {
  const own = logits[label]!;
  let rank = 0;
  logits.forEach((logit, i) => {
    if (logit > own || (logit === own && i < label)) rank++;
  });
  return rank;
}

function summaryOf(examples: readonly Prediction[]): Evaluation {
  const count = examples.length;
  const loss = examples.reduce((sum, example) => sum + example.loss, 0) / count;
  const right = examples.filter(({ label, predicted }) => predicted === label).length;
  return { loss, accuracy: right / count, count };
}

function matrixOf(examples: readonly Prediction[], classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, predicted } of examples) matrix[label]![predicted]! += 1;
  return matrix;
}

function unknownLabel(label: number, classes: number, index: number): TrainerError {
  return new TrainerError('MISMATCH', {
    where: `predictions: label of example ${index}`,
    expected: `class numbers below ${classes}, which the model gives`,
    received: String(label),
    fix: 'Use the model with the data that it was made for.',
  });
}

function notFinite(logits: Float32Array, index: number): TrainerError {
  return new TrainerError('NON_FINITE', {
    where: `predictions: logits of example ${index}`,
    expected: 'finite numbers',
    received: `[${logits.slice(0, 10).join(', ')}${logits.length > 10 ? ', ...' : ''}]`,
    fix: 'The weights or the prepared pictures hold a number that is not finite: load good weights, look at `prepare`.',
  });
}
