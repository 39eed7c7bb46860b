import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import type { DeviceMetrics } from '../judge/metrics.js';
import type { TrainSettings } from '../options.js';
import { batchInput } from './batchInput.js';
import { type LossAndGradients, lossAndGradients } from './gradients.js';
import type { Place } from './mix.js';
import type { OptimizerState } from './optimizerState.js';
import type { RecordedPasses } from './recordedPasses.js';

type Result = LossAndGradients & DeviceMetrics;

/**
 * A step of a run: forward, backward, and the parameters moved.
 *
 * @param at the place of the first batch, and the step's number, from 0
 * @param recorded plays the passes where it can
 * @returns what is told of it: tensors that belong to the caller
 * @throws as `gradientsOf`; nothing of the step stays in memory then
 */
export function takeStep(
  settings: TrainSettings,
  optimizer: OptimizerState,
  batches: readonly PictureBatch[],
  at: Place & { step: number; learningRate: number },
  recorded: RecordedPasses | undefined,
): DeviceMetrics {
  const { gradients, loss, correct } = optimizer.gradients(() =>
    stepGradients(settings, optimizer.parameters, batches, at, recorded),
  );
  try {
    optimizer.update(gradients, at.step, at.learningRate);
    return { loss, correct };
  } catch (error) {
    tf.dispose([loss, correct]);
    throw error;
  } finally {
    tf.dispose(gradients);
  }
}

/**
 * Loss and gradients of a step's batches as if they were one: the means over all their examples. A batch normalisation in the model
 * normalises each batch by itself.
 *
 * @param place of the first batch
 * @returns tensors that belong to the caller
 * @throws as `gradientsOf`; nothing stays in memory then
 */
function stepGradients(
  settings: TrainSettings,
  parameters: ReadonlyMap<string, tf.Variable>,
  batches: readonly PictureBatch[],
  { epoch, batch: first }: Place,
  recorded: RecordedPasses | undefined,
): Result {
  const compute = (batch: PictureBatch, i: number): Result => {
    const input = batchInput(settings, batch, { epoch, batch: first + i });
    return recorded?.of(input) ?? lossAndGradients(settings.model, parameters, input);
  };
  const [only, ...others] = batches;
  if (others.length === 0) return tf.tidy(() => ({ ...compute(only!, 0) }));
  const examples = batches.reduce((sum, { size }) => sum + size, 0);
  let sum: Result | undefined;
  try {
    for (const [i, batch] of batches.entries()) {
      const before = sum;
      sum = tf.tidy(() => ({ ...added(before, compute(batch, i), batch.size / examples) }));
      tf.dispose([before?.loss ?? [], before?.correct ?? [], before?.gradients ?? []]);
    }
    return sum!;
  } catch (error) {
    tf.dispose([sum?.loss ?? [], sum?.correct ?? [], sum?.gradients ?? []]);
    throw error;
  }
}

/** @param share of the batch in the means */
function added(sum: Result | undefined, next: Result, share: number): Result {
  const plus = (before: tf.Tensor | undefined, value: tf.Tensor): tf.Tensor =>
    before === undefined ? tf.mul(value, share) : tf.add(before, tf.mul(value, share));
  const correct = sum === undefined ? next.correct : tf.add<tf.Scalar>(sum.correct, next.correct);
  if (sum !== undefined) next.correct.dispose(); // it was kept
  return {
    loss: plus(sum?.loss, next.loss) as tf.Scalar,
    correct,
    gradients: next.gradients.map((gradient, i) => plus(sum?.gradients[i], gradient)),
  };
}
