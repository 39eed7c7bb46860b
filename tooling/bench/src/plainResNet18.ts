import * as tf from '@tensorflow/tfjs-core';

/** The chapter's ResNet-18 and its training step, as one writes them in plain TensorFlow.js for tfjs-node. */
export interface PlainNetwork {
  /** Trained numbers. */
  parameters: number;
  /** Forward, backward, and momentum. */
  step(pictures: tf.Tensor4D, labels: tf.Tensor1D): void;
}

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

export function createPlainResNet18(numClasses: number): PlainNetwork {
  const trained: tf.Variable[] = [];
  const variable = <R extends tf.Rank>(value: tf.Tensor<R>): tf.Variable<R> => {
    const made = tf.variable(value);
    value.dispose();
    trained.push(made);
    return made;
  };

  function convolution(inputs: number, outputs: number, kernel: number, stride: number) {
    const filter = variable(
      tf.randomNormal<tf.Rank.R4>([kernel, kernel, inputs, outputs], 0, 0.05, 'float32', 1),
    );
    const bias = variable(tf.zeros<tf.Rank.R1>([outputs]));
    const pad = (kernel - 1) / 2;
    return (x: tf.Tensor4D): tf.Tensor4D => {
      // tfjs-node takes 'same' and 'valid' only, and 'same' is not symmetric where the stride isn't 1.
      const y =
        stride === 1
          ? tf.conv2d(x, filter, 1, 'same')
          : tf.conv2d(
              tf.pad(x, [
                [0, 0],
                [pad, pad],
                [pad, pad],
                [0, 0],
              ]),
              filter,
              stride,
              'valid',
            );
      return tf.add(y, bias);
    };
  }

  function normalization(channels: number) {
    const scale = variable(tf.ones<tf.Rank.R1>([channels]));
    const offset = variable(tf.zeros<tf.Rank.R1>([channels]));
    const runningMean = tf.variable(tf.zeros([channels]), false);
    const runningVariance = tf.variable(tf.ones([channels]), false);
    const move = (running: tf.Variable, now: tf.Tensor) =>
      running.assign(tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(now, MOMENTUM)));
    return (x: tf.Tensor4D): tf.Tensor4D => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
      const count = x.size / channels;
      move(runningMean, mean);
      move(runningVariance, tf.mul(variance, count / (count - 1)));
      return tf.batchNorm4d(x, mean, variance, offset, scale, EPSILON);
    };
  }

  function residual(inputs: number, outputs: number, stride: number) {
    const [conv1, bn1] = [convolution(inputs, outputs, 3, stride), normalization(outputs)];
    const [conv2, bn2] = [convolution(outputs, outputs, 3, 1), normalization(outputs)];
    const shortcut = inputs === outputs ? undefined : convolution(inputs, outputs, 1, stride);
    return (x: tf.Tensor4D): tf.Tensor4D => {
      const branch = bn2(conv2(tf.relu(bn1(conv1(x)))));
      return tf.relu(tf.add(branch, shortcut?.(x) ?? x));
    };
  }

  const [conv, bn] = [convolution(1, 64, 7, 2), normalization(64)];
  const blocks = [
    [residual(64, 64, 1), residual(64, 64, 1)],
    ...[128, 256, 512].map((channels) => [
      residual(channels / 2, channels, 2),
      residual(channels, channels, 1),
    ]),
  ].flat();
  const weight = variable(tf.randomNormal<tf.Rank.R2>([512, numClasses], 0, 0.05, 'float32', 1));
  const bias = variable(tf.zeros<tf.Rank.R1>([numClasses]));

  function forward(pictures: tf.Tensor4D): tf.Tensor2D {
    const stem = tf.relu(bn(conv(pictures)));
    // After a ReLU a border of zeros never wins.
    const padded = tf.pad(stem, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const features = blocks.reduce((x, block) => block(x), tf.maxPool(padded, 3, 2, 'valid'));
    return tf.add(tf.matMul(tf.mean<tf.Tensor2D>(features, [1, 2]), weight), bias);
  }

  const optimizer = tf.train.momentum(0.01, 0.9);
  return {
    parameters: trained.reduce((sum, { size }) => sum + size, 0),
    step(pictures, labels) {
      const loss = () =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(labels, numClasses), forward(pictures)) as tf.Scalar;
      tf.tidy(() => void optimizer.minimize(loss, false, trained));
    },
  };
}
