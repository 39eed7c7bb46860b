import '@tensorflow/tfjs-backend-cpu';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adaptiveAveragePool2d,
  averagePool2d,
  batchNorm,
  batchNormInference,
  channelConv1d,
  conv2d,
  globalAveragePool,
  linear,
  maxPool2d,
  scaleChannels,
  softmaxCrossEntropy,
} from '../src/index.js';

/** Random values that differ from tensor to tensor. Kept away from 0 by `gap`, so that no ReLU sits on its edge. */
function random(shape: number[], purpose: string, gap = 0): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = normals({ seed: 7, purpose }, size).map((value) => value + Math.sign(value) * gap);
  return tf.tensor(values, shape);
}

/**
 * Compares the gradient of sum(f(...inputs) * weights) with a central difference along a random direction, for each
 * input. The difference's own error is of the order step^2 plus rounding / step: hence the tolerance of 1e-2 relative.
 */
function expectGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): void {
  const weights = random(f(...inputs).shape, 'weights');
  const objective = (...values: tf.Tensor[]) => tf.sum(tf.mul(f(...values), weights)) as tf.Scalar;
  const gradients = tf.grads(objective)(inputs);
  for (const [i, input] of inputs.entries()) {
    const step = 1e-2;
    const direction = random(input.shape, `direction ${i}`);
    const at = (distance: number) =>
      objective(
        ...inputs.map((value, j) => (j === i ? tf.add(value, tf.mul(direction, distance)) : value)),
      ).dataSync()[0]!;
    const numeric = (at(step) - at(-step)) / (2 * step);
    const analytic = tf.sum(tf.mul(gradients[i]!, direction)).dataSync()[0]!;
    const size = tf.sum(tf.abs(tf.mul(gradients[i]!, direction))).dataSync()[0]!;
    expect(Math.abs(analytic - numeric), `input ${i}: ${analytic} against ${numeric}`).toBeLessThan(
      1e-2 * size + 1e-3,
    );
  }
}

describe('gradients agree with central differences', () => {
  beforeAll(async () => {
    expect(await tf.setBackend('cpu')).toBe(true);
  });

  it.each([
    { stride: 1, padding: 1, groups: 1 },
    { stride: [2, 1] as const, padding: [0, 2] as const, groups: 1 },
    { stride: 2, padding: 1, groups: 3 },
  ])('conv2d %j', (options) => {
    expectGradients(
      (x, filter, bias) =>
        conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, { ...options, bias: bias as tf.Tensor1D }),
      [random([2, 5, 6, 6], 'x'), random([3, 3, 6 / options.groups, 3], 'filter'), random([3], 'bias')],
    );
  });

  it('linear', () => {
    expectGradients(
      (x, weight, bias) => linear(x as tf.Tensor2D, weight as tf.Tensor2D, bias as tf.Tensor1D),
      [random([3, 5], 'x'), random([5, 4], 'weight'), random([4], 'bias')],
    );
  });

  const running = () => ({
    runningMean: tf.variable(tf.zeros([3]), false),
    runningVariance: tf.variable(tf.ones([3]), false),
  });

  it('batchNorm', () => {
    expectGradients(
      (x, scale, offset) =>
        batchNorm(x, { scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D, ...running() }),
      [random([2, 3, 2, 3], 'x'), random([3], 'scale'), random([3], 'offset')],
    );
  });

  it('batchNorm with addend and ReLU', () => {
    // Addends far from 0 keep every sum away from the ReLU's edge.
    expectGradients(
      (x, scale, offset, addend) =>
        batchNorm(x, {
          scale: scale as tf.Tensor1D,
          offset: offset as tf.Tensor1D,
          ...running(),
          addend,
          activation: 'relu',
        }),
      [
        random([2, 3, 2, 3], 'x'),
        random([3], 'scale'),
        random([3], 'offset'),
        random([2, 3, 2, 3], 'addend', 9),
      ],
    );
  });

  it('batchNormInference with addend and ReLU', () => {
    const mean = random([3], 'mean') as tf.Tensor1D;
    const variance = tf.tensor1d([0.5, 1, 2]);
    expectGradients(
      (x, scale, offset, addend) =>
        batchNormInference(x, {
          scale: scale as tf.Tensor1D,
          offset: offset as tf.Tensor1D,
          mean,
          variance,
          addend,
          activation: 'relu',
        }),
      [
        random([2, 3, 2, 3], 'x'),
        random([3], 'scale'),
        random([3], 'offset'),
        random([2, 3, 2, 3], 'addend', 9),
      ],
    );
  });

  it.each([{ ceilMode: false }, { ceilMode: true }])('maxPool2d %j', ({ ceilMode }) => {
    // A shuffled ramp: neighbouring values differ by far more than the step.
    const x = tf.tensor4d(
      normals({ seed: 1, purpose: 'pool' }, 96).map((value) => 10 * value),
      [1, 8, 6, 2],
    );
    expectGradients(
      (input) => maxPool2d(input as tf.Tensor4D, { kernelSize: 3, stride: 2, padding: 1, ceilMode }),
      [x],
    );
  });

  it('globalAveragePool', () => {
    expectGradients((x) => globalAveragePool(x as tf.Tensor4D), [random([2, 3, 4, 5], 'x')]);
  });

  it.each([
    { kernelSize: 2, ceilMode: true },
    { kernelSize: 3, stride: 2, padding: 1, countIncludePad: false },
    { kernelSize: [3, 2] as const, stride: [2, 3] as const, padding: [1, 0] as const, ceilMode: true },
  ])('averagePool2d %j', (options) => {
    expectGradients((x) => averagePool2d(x as tf.Tensor4D, options), [random([2, 5, 7, 3], 'x')]);
  });

  it('adaptiveAveragePool2d', () => {
    expectGradients((x) => adaptiveAveragePool2d(x as tf.Tensor4D, [3, 7]), [random([2, 5, 2, 3], 'x')]);
  });

  it('scaleChannels', () => {
    expectGradients(
      (x, gate) => scaleChannels(x as tf.Tensor4D, gate as tf.Tensor2D),
      [random([2, 3, 2, 4], 'x'), random([2, 4], 'gate')],
    );
  });

  it('scaleChannels with addend and ReLU', () => {
    expectGradients(
      (x, gate, addend) =>
        scaleChannels(x as tf.Tensor4D, gate as tf.Tensor2D, {
          addend: addend as tf.Tensor4D,
          activation: 'relu',
        }),
      [random([2, 3, 2, 4], 'x'), random([2, 4], 'gate'), random([2, 3, 2, 4], 'addend', 20)],
    );
  });

  it('channelConv1d', () => {
    expectGradients(
      (x, filter) => channelConv1d(x as tf.Tensor2D, filter as tf.Tensor3D),
      [random([2, 7], 'x'), random([5, 1, 1], 'filter')],
    );
  });

  it('softmaxCrossEntropy with label smoothing', () => {
    const labels = tf.tensor1d([0, 3, 1], 'int32');
    expectGradients(
      (logits) => softmaxCrossEntropy(logits as tf.Tensor2D, labels, { labelSmoothing: 0.1 }),
      [random([3, 4], 'logits')],
    );
  });
});
