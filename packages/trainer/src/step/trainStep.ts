import { withRandomness } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from '../judge/evaluate.js';
import { crossEntropy } from './crossEntropy.js';
import { gradientsOf } from './gradients.js';
import { type GroupOptions, requireGroups, requireUnfrozen } from './groups.js';
import type { Loss, Targets } from './loss.js';
import { OptimizerState } from './optimizerState.js';
import { parseOptimizer } from './optimizers.js';
import { obstacleOf, RecordedPasses } from './recordedPasses.js';
import type { Optimizer } from './rule.js';

export interface TrainStepOptions<Wanted extends Targets = Targets> extends GroupOptions {
  optimizer: Optimizer;
  /** Default: softmax cross-entropy, of labels or of probabilities. */
  loss?: Loss<Wanted>;
  /** As in `train`. Default 0. */
  gradientClipNorm?: number;
  /** What modules draw from, such as dropout. Default 0. */
  seed?: number;
  /** As in `train`: until `dispose`, a step's memory is held for it. Default true. */
  record?: boolean;
}

/** Trains a model a step at a time. Holds what its optimizer keeps between steps. */
export interface TrainStep<Wanted extends Targets = Targets> {
  /**
   * One step, in place: forward, backward, optimizer. Synchronous; borrows its inputs. Where a gradient isn't finite, no
   * parameter moves, and the loss says so.
   *
   * @param x the network's input
   * @param targets labels [B], int32, or probabilities [B, K], as the loss takes them
   * @param learningRate default: the optimizer's
   * @returns the loss, a scalar that belongs to the caller
   */
  (x: tf.Tensor4D, targets: Wanted, learningRate?: number): tf.Scalar;
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
export function trainStep<Wanted extends Targets = Targets>(
  model: Classifier,
  {
    optimizer,
    loss = crossEntropy(),
    gradientClipNorm = 0,
    seed = 0,
    record,
    groups,
    layerDecay,
  }: TrainStepOptions<Wanted>,
): TrainStep<Wanted> {
  const checked = parseOptimizer(optimizer);
  requireGroups({ groups, layerDecay });
  requireUnfrozen({ groups }, undefined);
  const state = new OptimizerState(model, { optimizer: checked, gradientClipNorm, groups, layerDecay });
  const obstacle = obstacleOf({ record, optimizer: checked, loss });
  const passes = new RecordedPasses(model, state.parameters, obstacle);
  let taken = 0;
  const forwardAndBackward = ([x, targets]: tf.Tensor[]) => {
    const forward = () =>
      withRandomness(model, { seed, pass: taken }, () => model.forward(x as tf.Tensor4D, 'train'));
    const given = gradientsOf(state.parameters, () => loss(forward(), targets as Wanted));
    return { outputs: [given.loss], lent: given.gradients };
  };
  const step = (x: tf.Tensor4D, targets: Wanted, learningRate = checked.learningRate): tf.Scalar => {
    const { loss: value, gradients } = state.gradients(() => {
      const { outputs, lent } = passes.run([x, targets], forwardAndBackward);
      return { loss: outputs[0] as tf.Scalar, gradients: lent };
    });
    try {
      state.update(gradients, taken++, learningRate);
    } catch (error) {
      value.dispose();
      throw error;
    } finally {
      tf.dispose(gradients);
    }
    return value;
  };
  const dispose = () => {
    passes.giveBack();
    state.dispose();
  };
  return Object.assign(step, { dispose });
}
