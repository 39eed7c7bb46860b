import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from '../judge/evaluate.js';
import { gradientsOf } from './gradients.js';
import { type Loss, lossOf } from './loss.js';
import { OptimizerState } from './optimizerState.js';
import { parseOptimizer } from './optimizers.js';
import type { Optimizer } from './rule.js';

export interface TrainStepOptions {
  optimizer: Optimizer;
  /** Default: softmax cross-entropy. */
  loss?: Loss;
  /** As in `train`. Default 0. */
  gradientClipNorm?: number;
}

/** Trains a model a step at a time. Holds what its optimizer keeps between steps. */
export interface TrainStep {
  /**
   * One step, in place: forward, backward, optimizer. Synchronous; borrows its inputs. Where a gradient isn't finite, no
   * parameter moves, and the loss says so.
   *
   * @param x the network's input
   * @param labels [B], int32
   * @param learningRate default: the optimizer's
   * @returns the loss, a scalar that belongs to the caller
   */
  (x: tf.Tensor4D, labels: tf.Tensor1D, learningRate?: number): tf.Scalar;
  /** Frees what the optimizer keeps; the model keeps its weights. */
  dispose(): void;
}

/**
 * For a loop of one's own: what `train` does in a step, and nothing around it.
 *
 * @param model initialised
 * @throws TrainerError `OPTION` for an optimizer that is none of ours; in a step, as `train` does.
 *
 * @example
 * const step = trainStep(model, { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
 * for (const batch of loader.epoch(0)) {
 *   const loss = tf.tidy(() => step(prepare(batch), tf.tensor1d(batch.labels, 'int32')));
 *   loss.dispose(); // or read it first
 * }
 * step.dispose();
 */
export function trainStep(
  model: Classifier,
  { optimizer, loss, gradientClipNorm = 0 }: TrainStepOptions,
): TrainStep {
  const checked = parseOptimizer(optimizer);
  const state = new OptimizerState(model, { optimizer: checked, gradientClipNorm });
  const made = lossOf({ loss, labelSmoothing: 0 });
  let taken = 0;
  const step = (x: tf.Tensor4D, labels: tf.Tensor1D, learningRate = checked.learningRate): tf.Scalar => {
    const { loss: value, gradients } = gradientsOf(state.parameters, () =>
      made(model.forward(x, 'train'), labels),
    );
    state.update(gradients, taken++, learningRate);
    tf.dispose(gradients);
    return value;
  };
  return Object.assign(step, { dispose: () => state.dispose() });
}
