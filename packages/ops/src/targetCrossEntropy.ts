import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';
import { assertLabels, assertSmoothing, lossGradient } from './softmaxCrossEntropy.js';

export interface TargetCrossEntropyKernels {
  /** labels [B], int32, classWeights [K]; targets [B, K]. */
  'residual/classTargets': {
    inputs: { labels: tf.Tensor1D; classWeights?: tf.Tensor1D };
    attributes: { classes: number; labelSmoothing: number };
  };
  /** logits and targets [B, K]; the loss, a scalar, and its gradient dLogits [B, K]. */
  'residual/targetCrossEntropy': {
    inputs: { logits: tf.Tensor2D; targets: tf.Tensor2D };
    attributes: { focusing: number };
  };
}

/** Source: PyTorch's `cross_entropy` with `weight` and `label_smoothing`: its loss is that of these targets. */
const toTargets = defineOp<TargetCrossEntropyKernels, 'residual/classTargets'>({
  name: 'residual/classTargets',
  outputs: ({ labels }, { classes }) => [{ shape: [labels.shape[0], classes] }],
  reference: ({ labels, classWeights }, { classes, labelSmoothing }) => {
    const known = tf.logicalAnd(tf.greaterEqual(labels, 0), tf.less(labels, classes)); // [B]
    const oneHot = tf.cast(tf.equal(tf.expandDims(labels, 1), tf.range(0, classes, 1, 'int32')), 'float32');
    const smooth = tf.add(tf.mul(oneHot, 1 - labelSmoothing), labelSmoothing / classes); // [B, K]
    const nowhere = tf.fill([labels.shape[0], classes], Number.NaN);
    const targets = tf.where(tf.expandDims(known, 1), smooth, nowhere);
    if (classWeights === undefined) return [targets];
    const own = tf.sum(tf.mul(oneHot, classWeights)); // of the labels' classes together
    return [tf.div(tf.mul(tf.mul(targets, classWeights), labels.shape[0]), own)];
  },
});

export interface ClassTargetsOptions {
  /** Share of each target spread over all classes, in [0, 1). Default 0. */
  labelSmoothing?: number;
  /** [K], float32: how much a picture of each class counts. Default: all alike. */
  classWeights?: tf.Tensor1D;
}

/**
 * Class numbers as targets for {@link targetCrossEntropy}: the mean over the batch is then PyTorch's weighted mean, in which each
 * picture counts as its class does, and the weights of the batch's labels add up to 1.
 *
 * @param labels [B], int32, from 0 to classes - 1; any other label makes its row NaN
 * @returns [B, K]
 * @throws OpsError `OPTION` for float labels or a smoothing out of range, `SHAPE` when the weights aren't one a class.
 */
export function classTargets(
  labels: tf.Tensor1D,
  classes: number,
  { labelSmoothing = 0, classWeights }: ClassTargetsOptions = {},
): tf.Tensor2D {
  assertLabels('classTargets', labels.shape[0], labels);
  assertSmoothing('classTargets', labelSmoothing);
  assertShape(classWeights, [classes], 'classTargets: classWeights', ', one for each class');
  return toTargets.run({ labels, classWeights }, { classes, labelSmoothing })[0] as tf.Tensor2D;
}

/** Source: PyTorch's `cross_entropy` of probabilities; Lin et al., "Focal Loss" (arXiv 1708.02002), equation 4. */
const loss = defineOp<TargetCrossEntropyKernels, 'residual/targetCrossEntropy'>({
  name: 'residual/targetCrossEntropy',
  outputs: ({ logits }) => [{ shape: [] }, { shape: logits.shape }],
  reference: ({ logits, targets }, { focusing }) => {
    const [batch] = logits.shape;
    const logProbabilities = tf.logSoftmax(logits); // [B, K]
    const probabilities = tf.exp(logProbabilities);
    const rest = tf.sub(1, probabilities);
    const focus = focusing === 0 ? tf.onesLike(rest) : tf.pow(rest, focusing);
    // What is wanted of no class is no loss: 0 * -infinity.
    const wanted = tf.notEqual(targets, 0);
    const onlyWanted = (values: tf.Tensor) =>
      tf.where(wanted, tf.mul(targets, values), tf.zerosLike(targets));
    // The derivative of -(1 - e^l)^focusing l by l, the logarithm of a probability.
    const bend = tf.mul(focusing, tf.divNoNan(tf.mul(probabilities, logProbabilities), rest));
    const slopes = onlyWanted(tf.mul(focus, tf.sub(bend, 1)));
    return [
      tf.div(tf.neg(tf.sum(onlyWanted(tf.mul(focus, logProbabilities)))), batch),
      tf.div(tf.sub(slopes, tf.mul(probabilities, tf.sum(slopes, 1, true))), batch),
    ];
  },
  gradient: {
    save: (_, [, dLogits]) => [dLogits!],
    backward: (dy: tf.Scalar, [dLogits]: tf.Tensor2D[]) => ({
      logits: () => lossGradient.run({ dy, dLogits: dLogits! }, {})[0]!,
    }),
  },
});

/**
 * Mean softmax cross-entropy of a batch against probabilities, or any weights of the classes:
 * the mean over the batch of -sum of target * (1 - p)^focusing * log p.
 *
 * With `focusing` it is the focal loss for classes that exclude each other (p by softmax; torchvision's `sigmoid_focal_loss` is for those
 * that don't): what is answered well counts little. No gradient flows into the targets.
 *
 * @param logits [B, K]
 * @param targets [B, K], float32
 * @param options.focusing gamma of the focal loss, at least 0. Default 0: cross-entropy
 * @returns the scalar loss, in nats
 * @throws OpsError `SHAPE` when the targets don't fit, `OPTION` for a focusing below 0 or targets of another type.
 */
export function targetCrossEntropy(
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  { focusing = 0 }: { focusing?: number } = {},
): tf.Scalar {
  assertShape(logits, [null, null], 'targetCrossEntropy: logits', ' (batch, classes)');
  assertShape(targets, logits.shape, 'targetCrossEntropy: targets', ', that of the logits');
  if (targets.dtype !== 'float32') {
    throw new OpsError('OPTION', {
      where: 'targetCrossEntropy: targets',
      expected: 'float32',
      received: targets.dtype,
      fix: 'Give class numbers to softmaxCrossEntropy, or make targets of them by classTargets.',
    });
  }
  if (!(focusing >= 0 && Number.isFinite(focusing))) {
    throw new OpsError('OPTION', {
      where: 'targetCrossEntropy: focusing',
      expected: 'a number of at least 0',
      received: String(focusing),
      fix: '0 is cross-entropy, 2 is usual for the focal loss.',
    });
  }
  return loss.apply({ logits, targets }, { focusing }) as tf.Scalar;
}
