import { classTargets, softmaxCrossEntropy, targetCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { belowOne, notNegative, positive, requireNumber, TrainerError } from '../error.js';
import { type Loss, nameLoss, type Targets } from './loss.js';

export interface CrossEntropyOptions {
  /** Share of each target spread over all classes, in [0, 1). Default 0. */
  labelSmoothing?: number;
  /**
   * How much a picture of each class counts, in the order of the classes: numbers above 0. The loss is the weighted mean, as PyTorch's
   * `cross_entropy(weight=...)` has it. Weights that are all alike change nothing. Default: all alike.
   */
  classWeights?: readonly number[];
}

/**
 * Softmax cross-entropy as a loss for `train` and `trainStep`: PyTorch's `cross_entropy` with labels or with probabilities.
 *
 * @throws TrainerError `OPTION`; in a step, for weights that are not one a class.
 *
 * @example
 * train({ ...options, loss: crossEntropy({ classWeights: [1, 5, 2] }) });
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss<Targets> {
  return lossOf('crossEntropy', options, 0);
}

/**
 * The focal loss of classes that exclude each other, -(1 - p)^gamma log p: what is answered well counts little.
 * torchvision's `sigmoid_focal_loss` is the one for classes that don't; its alpha is `classWeights` here.
 *
 * Source: Lin et al., "Focal Loss for Dense Object Detection" (arXiv 1708.02002), equations 4 and 5, with p by softmax.
 *
 * @param options.gamma at least 0; 0 is cross-entropy. Default 2
 * @throws TrainerError `OPTION`; in a step, for weights that are not one a class.
 */
export function focal({
  gamma = 2,
  ...options
}: CrossEntropyOptions & { gamma?: number } = {}): Loss<Targets> {
  requireNumber('focal: gamma', gamma, notNegative, 'Try 2.');
  return lossOf('focal', options, gamma);
}

function lossOf(
  name: string,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions,
  focusing: number,
): Loss<Targets> {
  requireNumber(`${name}: labelSmoothing`, labelSmoothing, belowOne, 'Try 0.1, or leave it out.');
  for (const [label, weight] of (classWeights ?? []).entries()) {
    requireNumber(`${name}: classWeights[${label}]`, weight, positive, 'Give each class one, such as 1.');
  }
  const weights = classWeights?.some((weight) => weight !== classWeights[0]) ? classWeights : undefined;
  const isPlain = weights === undefined && focusing === 0;
  const loss: Loss<Targets> = (logits, targets) => {
    const classes = logits.shape[1];
    if (classWeights !== undefined) requireOneEach(`${name}: classWeights`, classWeights, classes);
    if (targets.rank === 1) {
      const labels = targets as tf.Tensor1D;
      if (isPlain) return softmaxCrossEntropy(logits, labels, { labelSmoothing });
      const weighted = classTargets(labels, classes, {
        labelSmoothing,
        classWeights: weights && tf.tensor1d([...weights]),
      });
      return targetCrossEntropy(logits, weighted, { focusing });
    }
    const smooth = smoothed(targets as tf.Tensor2D, labelSmoothing); // [B, K]
    const weighted = weights === undefined ? smooth : tf.mul(smooth, tf.tensor1d([...weights]));
    return targetCrossEntropy(logits, weighted as tf.Tensor2D, { focusing });
  };
  return nameLoss(loss, `${name} ${JSON.stringify({ labelSmoothing, classWeights, focusing })}`);
}

/** PyTorch's smoothing of probabilities. */
function smoothed(targets: tf.Tensor2D, labelSmoothing: number): tf.Tensor2D {
  if (labelSmoothing === 0) return targets;
  return tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / targets.shape[1]);
}

/** @throws TrainerError `OPTION` */
export function requireOneEach(where: string, values: readonly number[], classes: number): void {
  if (values.length === classes) return;
  throw new TrainerError('OPTION', {
    where,
    expected: `${classes} numbers, one a class`,
    received: String(values.length),
    fix: 'Give them in the order of the classes.',
  });
}
