import * as tf from '@tensorflow/tfjs-core';
import { type Activation, activate, activationGradient } from './activation.js';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';
import { OpsError } from './error.js';

/** x, addend, y and their gradients are [..., C], all else [C]. */
export interface BatchNormKernels {
  /** y, the batch's mean and inverse standard deviation, the new running mean and variance. */
  'residual/batchNorm': {
    inputs: {
      x: tf.Tensor;
      scale: tf.Tensor;
      offset: tf.Tensor;
      runningMean: tf.Tensor;
      runningVariance: tf.Tensor;
      addend?: tf.Tensor;
    };
    attributes: { momentum: number; epsilon: number; activation: Activation; hasAddend: boolean };
  };
  /** dx, dScale, dOffset and, where there was an addend, its gradient. y is there exactly when the activation is ReLU. */
  'residual/batchNormGradient': {
    inputs: {
      dy: tf.Tensor;
      x: tf.Tensor;
      scale: tf.Tensor;
      mean: tf.Tensor;
      inverseStandardDeviation: tf.Tensor;
      y?: tf.Tensor;
    };
    attributes: { activation: Activation; hasAddend: boolean };
  };
}

const leadingAxes = (x: tf.Tensor): number[] => Array.from({ length: x.rank - 1 }, (_, axis) => axis);

/** Source: Ioffe & Szegedy, "Batch Normalization" (arXiv 1502.03167), section 3, the backward equations. */
const gradient = defineOp<BatchNormKernels, 'residual/batchNormGradient'>({
  name: 'residual/batchNormGradient',
  outputs: ({ x, scale }, { hasAddend }) =>
    [x, scale, scale, ...(hasAddend ? [x] : [])].map(({ shape }) => ({ shape })),
  reference: ({ dy, x, scale, mean, inverseStandardDeviation, y }, { hasAddend }) => {
    const count = x.size / scale.size;
    const axes = leadingAxes(x);
    const dSum = activationGradient(dy, y); // gradient of the sum before the activation
    const normalized = tf.mul(tf.sub(x, mean), inverseStandardDeviation);
    const dOffset = tf.sum(dSum, axes);
    const dScale = tf.sum(tf.mul(dSum, normalized), axes);
    const centered = tf.sub(dSum, tf.div(tf.add(dOffset, tf.mul(normalized, dScale)), count));
    const dx = tf.mul(tf.mul(scale, inverseStandardDeviation), centered);
    return [dx, dScale, dOffset, ...(hasAddend ? [tf.clone(dSum)] : [])];
  },
});

/** Source: arXiv 1502.03167, algorithm 1; running statistics as in PyTorch. */
const training = defineOp<BatchNormKernels, 'residual/batchNorm'>({
  name: 'residual/batchNorm',
  outputs: ({ x, scale }) => [x, scale, scale, scale, scale].map(({ shape }) => ({ shape })),
  reference: (
    { x, scale, offset, runningMean, runningVariance, addend },
    { momentum, epsilon, activation },
  ) => {
    const count = x.size / scale.size;
    const axes = leadingAxes(x);
    const mean = tf.mean(x, axes);
    const centered = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centered), axes); // biased
    const inverseStandardDeviation = tf.rsqrt(tf.add(variance, epsilon));
    const normalized = tf.mul(centered, inverseStandardDeviation);
    const sum = tf.add(tf.mul(normalized, scale), offset);
    const unbiased = tf.mul(variance, count / (count - 1));
    const running = (old: tf.Tensor, now: tf.Tensor) =>
      tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum));
    return [
      activate(addend === undefined ? sum : tf.add(sum, addend), activation),
      mean,
      inverseStandardDeviation,
      running(runningMean, mean),
      running(runningVariance, unbiased),
    ];
  },
  gradient: {
    save: ({ x, scale }, [y, mean, inverseStandardDeviation], { activation }) => [
      x,
      scale,
      mean!,
      inverseStandardDeviation!,
      ...(activation === 'relu' ? [y!] : []),
    ],
    backward: (dy, [x, scale, mean, inverseStandardDeviation, y], { activation, hasAddend }) => {
      const [dx, dScale, dOffset, dAddend] = gradient.run(
        { dy, x: x!, scale: scale!, mean: mean!, inverseStandardDeviation: inverseStandardDeviation!, y },
        { activation, hasAddend },
      );
      return { x: () => dx!, scale: () => dScale!, offset: () => dOffset!, addend: () => dAddend! };
    },
  },
});

export interface BatchNormOptions {
  /** [C], the factor gamma. */
  scale: tf.Tensor1D;
  /** [C], the summand beta. */
  offset: tf.Tensor1D;
  /** [C]; assigned (1 - momentum) * runningMean + momentum * (mean of the batch). */
  runningMean: tf.Variable;
  /** [C]; the same with the *unbiased* variance of the batch. */
  runningVariance: tf.Variable;
  /** PyTorch's meaning: the weight of the new batch. Default 0.1. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  epsilon?: number;
  /** Added before the activation: a residual block's shortcut, of x's shape. */
  addend?: tf.Tensor;
  /** Default `'linear'`. */
  activation?: Activation;
}

/**
 * Batch normalisation for training, with a block's addition and ReLU in the same pass: like `F.batch_norm(training=True)`,
 * y = activation(scale * (x - mean) / sqrt(variance + epsilon) + offset + addend).
 *
 * Normalises with the biased variance of the batch; moves the running statistics (variables) once a call.
 *
 * @param x [..., C]
 * @returns the shape of x
 * @throws OpsError `SHAPE` when a tensor doesn't fit, or when a channel has one value only (its variance would be 0).
 */
export function batchNorm<T extends tf.Tensor>(x: T, options: BatchNormOptions): T {
  const {
    scale,
    offset,
    runningMean,
    runningVariance,
    momentum = 0.1,
    epsilon = 1e-5,
    addend,
    activation = 'linear',
  } = options;
  assertChannels(x, 'batchNorm', { scale, offset, runningMean, runningVariance });
  assertShape(addend, x.shape, 'batchNorm: addend', ', that of x');
  if (x.size / scale.size === 1) {
    throw new OpsError('SHAPE', {
      where: 'batchNorm: x',
      expected: 'more than one value a channel when training',
      received: `shape [${x.shape}]`,
      fix: 'Use a larger batch or picture.',
    });
  }
  return training.apply(
    { x, scale, offset, runningMean, runningVariance, addend },
    { momentum, epsilon, activation, hasAddend: addend !== undefined },
    ([, , , newRunningMean, newRunningVariance]) => {
      runningMean.assign(newRunningMean!);
      runningVariance.assign(newRunningVariance!);
    },
  ) as T;
}

/** Throws unless each tensor holds one value for each of x's channels. */
export function assertChannels(x: tf.Tensor, where: string, tensors: Record<string, tf.Tensor>): void {
  const channels = x.shape[x.rank - 1] ?? 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    assertShape(tensor, [channels], `${where}: ${name}`, ` for x [${x.shape}]`);
  }
}
