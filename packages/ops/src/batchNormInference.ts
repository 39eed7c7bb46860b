import * as tf from '@tensorflow/tfjs-core';
import { type Activation, activate, activationGradient } from './activation.js';
import { assertShape } from './assertShape.js';
import { type BatchFreeAttribute, batchFreeAttribute } from './batchFree.js';
import { assertChannels } from './batchNorm.js';
import { channelSum } from './channelSum.js';
import { defineOp } from './defineOp.js';

type Attributes = { epsilon: number; activation: Activation; hasAddend: boolean } & BatchFreeAttribute;

/** x, addend, y and their gradients are [..., C], all else [C]. */
export interface BatchNormInferenceKernels {
  /** y. */
  'residual/batchNormInference': {
    inputs: {
      x: tf.Tensor;
      scale: tf.Tensor;
      offset: tf.Tensor;
      mean: tf.Tensor;
      variance: tf.Tensor;
      addend?: tf.Tensor;
    };
    attributes: Attributes;
  };
  /** dx, dScale, dOffset and, where there was an addend, its gradient. y is there exactly when the activation is ReLU. */
  'residual/batchNormInferenceGradient': {
    inputs: {
      dy: tf.Tensor;
      x: tf.Tensor;
      scale: tf.Tensor;
      mean: tf.Tensor;
      variance: tf.Tensor;
      y?: tf.Tensor;
    };
    attributes: Attributes;
  };
}

const gradient = defineOp<BatchNormInferenceKernels, 'residual/batchNormInferenceGradient'>({
  name: 'residual/batchNormInferenceGradient',
  outputs: ({ x, scale }, { hasAddend }) =>
    [x, scale, scale, ...(hasAddend ? [x] : [])].map(({ shape }) => ({ shape })),
  reference: ({ dy, x, scale, mean, variance, y }, { epsilon, hasAddend }) => {
    const dSum = activationGradient(dy, y);
    const inverseStandardDeviation = tf.rsqrt(tf.add(variance, epsilon));
    const normalized = tf.mul(tf.sub(x, mean), inverseStandardDeviation);
    return [
      tf.mul(dSum, tf.mul(scale, inverseStandardDeviation)),
      channelSum(tf.mul(dSum, normalized)),
      channelSum(dSum),
      ...(hasAddend ? [tf.clone(dSum)] : []),
    ];
  },
});

const inference = defineOp<BatchNormInferenceKernels, 'residual/batchNormInference'>({
  name: 'residual/batchNormInference',
  outputs: ({ x }) => [{ shape: x.shape }],
  reference: ({ x, scale, offset, mean, variance, addend }, { epsilon, activation }) => {
    const normalized = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
    const sum = tf.add(tf.mul(normalized, scale), offset);
    return [activate(addend === undefined ? sum : tf.add(sum, addend), activation)];
  },
  gradient: {
    save: ({ x, scale, mean, variance }, [y], { activation }) => [
      x,
      scale,
      mean,
      variance,
      ...(activation === 'relu' ? [y!] : []),
    ],
    backward: (dy, [x, scale, mean, variance, y], attributes) => {
      const [dx, dScale, dOffset, dAddend] = gradient.run(
        { dy, x: x!, scale: scale!, mean: mean!, variance: variance!, y },
        attributes,
      );
      return { x: () => dx!, scale: () => dScale!, offset: () => dOffset!, addend: () => dAddend! };
    },
  },
});

export interface BatchNormInferenceOptions {
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
  /** [C], the running mean. No gradient flows into it. */
  mean: tf.Tensor1D;
  /** [C], the running variance. No gradient flows into it. */
  variance: tf.Tensor1D;
  epsilon?: number;
  addend?: tf.Tensor;
  activation?: Activation;
}

/**
 * Batch normalisation with given statistics, for prediction: like `F.batch_norm(training=False)`,
 * y = activation(scale * (x - mean) / sqrt(variance + epsilon) + offset + addend).
 *
 * @param x [..., C]
 * @returns the shape of x
 * @throws OpsError `SHAPE` when a tensor doesn't fit.
 */
export function batchNormInference<T extends tf.Tensor>(x: T, options: BatchNormInferenceOptions): T {
  const { scale, offset, mean, variance, epsilon = 1e-5, addend, activation = 'linear' } = options;
  assertChannels(x, 'batchNormInference', { scale, offset, mean, variance });
  assertShape(addend, x.shape, 'batchNormInference: addend', ', that of x');
  return inference.apply(
    { x, scale, offset, mean, variance, addend },
    { epsilon, activation, hasAddend: addend !== undefined, ...batchFreeAttribute() },
  ) as T;
}
