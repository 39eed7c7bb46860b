import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';

type Inputs = { logits: tf.Tensor2D; labels: tf.Tensor1D };

/** logits [B, K], labels [B], int32. */
export interface SoftmaxCrossEntropyKernels {
  /** The loss, a scalar, and its gradient dLogits [B, K]. */
  'residual/softmaxCrossEntropy': { inputs: Inputs; attributes: { labelSmoothing: number } };
  /** dLogits times the scalar dy. */
  'residual/softmaxCrossEntropyGradient': {
    inputs: { dy: tf.Scalar; dLogits: tf.Tensor2D };
    attributes: Record<string, never>;
  };
  /** A float32 scalar. */
  'residual/correctCount': { inputs: Inputs; attributes: Record<string, never> };
}

/** Of a loss that keeps its gradient: times what comes in. */
export const lossGradient = defineOp<SoftmaxCrossEntropyKernels, 'residual/softmaxCrossEntropyGradient'>({
  name: 'residual/softmaxCrossEntropyGradient',
  outputs: ({ dLogits }) => [{ shape: dLogits.shape }],
  reference: ({ dy, dLogits }) => [tf.mul(dy, dLogits)],
});

/** Source: PyTorch's `cross_entropy`; label smoothing of Szegedy et al. (arXiv 1512.00567), section 7. */
const loss = defineOp<SoftmaxCrossEntropyKernels, 'residual/softmaxCrossEntropy'>({
  name: 'residual/softmaxCrossEntropy',
  outputs: ({ logits }) => [{ shape: [] }, { shape: logits.shape }],
  reference: ({ logits, labels }, { labelSmoothing }) => {
    const [batch, classes] = logits.shape;
    const known = tf.logicalAnd(tf.greaterEqual(labels, 0), tf.less(labels, classes));
    // Not tf.oneHot, which refuses a single class.
    const oneHot = tf.cast(tf.equal(tf.expandDims(labels, 1), tf.range(0, classes, 1, 'int32')), 'float32');
    const smooth = tf.add(tf.mul(oneHot, 1 - labelSmoothing), labelSmoothing / classes);
    // A label that is no class makes its row NaN: a wrong data set must not train silently.
    const target = tf.where(tf.expandDims(known, 1), smooth, tf.fill([batch, classes], Number.NaN)); // [B, K]
    const logProbabilities = tf.logSoftmax(logits);
    return [
      tf.div(tf.neg(tf.sum(tf.mul(target, logProbabilities))), batch),
      tf.div(tf.sub(tf.exp(logProbabilities), target), batch),
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
 * Mean softmax cross-entropy of a batch against integer labels.
 *
 * @param logits [B, K]
 * @param labels [B], int32, from 0 to K - 1; any other label makes the loss NaN
 * @param options.labelSmoothing share of the target spread over all classes, in [0, 1). Default 0.
 * @returns the scalar loss, in nats
 * @throws OpsError `SHAPE` when the labels don't fit, `OPTION` for float labels or a smoothing out of range.
 */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { labelSmoothing = 0 }: { labelSmoothing?: number } = {},
): tf.Scalar {
  assertShape(logits, [null, null], 'softmaxCrossEntropy: logits', ' (batch, classes)');
  assertLabels('softmaxCrossEntropy', logits.shape[0], labels);
  assertSmoothing('softmaxCrossEntropy', labelSmoothing);
  return loss.apply({ logits, labels }, { labelSmoothing }) as tf.Scalar;
}

const count = defineOp<SoftmaxCrossEntropyKernels, 'residual/correctCount'>({
  name: 'residual/correctCount',
  outputs: () => [{ shape: [] }],
  reference: ({ logits, labels }) => {
    const finite = tf.logicalNot(tf.any(tf.isNaN(logits), 1));
    const correct = tf.logicalAnd(finite, tf.equal(tf.argMax(logits, 1), labels));
    return [tf.sum(tf.cast(correct, 'float32'))];
  },
});

/**
 * How many rows have their largest logit at their label. The first maximum counts; a row with a NaN is wrong.
 *
 * @param logits [B, K]
 * @param labels [B], int32
 * @returns a float32 scalar from 0 to B
 */
export function correctCount(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  assertShape(logits, [null, null], 'correctCount: logits', ' (batch, classes)');
  assertLabels('correctCount', logits.shape[0], labels);
  return count.run({ logits, labels }, {})[0] as tf.Scalar;
}

/** @throws OpsError `OPTION` */
export function assertSmoothing(where: string, labelSmoothing: number): void {
  if (labelSmoothing >= 0 && labelSmoothing < 1) return;
  throw new OpsError('OPTION', {
    where: `${where}: labelSmoothing`,
    expected: 'a number in [0, 1)',
    received: String(labelSmoothing),
    fix: '0 smoothes nothing, 0.1 is usual.',
  });
}

/** @throws OpsError `SHAPE`, `OPTION` */
export function assertLabels(where: string, batch: number, labels: tf.Tensor1D): void {
  assertShape(labels, [batch], `${where}: labels`, ', one for each row of logits');
  if (labels.dtype !== 'int32') {
    throw new OpsError('OPTION', {
      where: `${where}: labels`,
      expected: 'class numbers as int32',
      received: labels.dtype,
      fix: "Make them with tf.tensor1d(labels, 'int32').",
    });
  }
}
