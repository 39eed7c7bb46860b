import { correctCount, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

/** Labels 0, 3, 6, ... modulo `classes`. */
function someLabels(batch: number, classes: number): tf.Tensor1D {
  return tf.tensor1d(
    Array.from({ length: batch }, (_, i) => (3 * i) % classes),
    'int32',
  );
}

/** The loss and the logits' gradient, times 2 so that dy counts. */
function loss(logits: tf.Tensor, labels: tf.Tensor1D, labelSmoothing: number): tf.Tensor[] {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
    softmaxCrossEntropy(x as tf.Tensor2D, labels, { labelSmoothing }),
  )(logits, tf.scalar(2));
  return [value, grad];
}

describe('softmaxCrossEntropy', () => {
  it.each([
    [1, 10, 0],
    [128, 10, 0.1],
    [7, 3, 0.5],
    [5, 1000, 0.1],
  ])('agrees with the reference: batch %i, %i classes, smoothing %f', async (batch, classes, smoothing) => {
    const run = () =>
      loss(
        drawn('logits', [batch, classes], { standardDeviation: 5 }),
        someLabels(batch, classes),
        smoothing,
      );
    const [value, gradient] = await simdValues(run);
    const [expectedValue, expectedGradient] = await referenceValues(run);
    expect(relativeError(value!, expectedValue!)).toBeLessThan(1e-5);
    expect(relativeError(gradient!, expectedGradient!)).toBeLessThan(1e-5);
  });

  it('is not hurt by large logits', async () => {
    const [value, gradient] = await simdValues(() =>
      loss(tf.tensor2d([[1e4, 0]]), tf.tensor1d([1], 'int32'), 0),
    );
    expect([...value!]).toEqual([1e4]);
    expect([...gradient!]).toEqual([2, -2]);
  });

  it('is exactly 0 where the label is certain and another class impossible', async () => {
    const [value, gradient] = await simdValues(() =>
      loss(tf.tensor2d([[0, Number.NEGATIVE_INFINITY]]), tf.tensor1d([0], 'int32'), 0),
    );
    expect([...value!]).toEqual([0]);
    expect([...gradient!]).toEqual([0, 0]);
  });

  it.each([-1, 2, 1 << 30])('makes the loss and the row NaN for label %i of 2', async (label) => {
    const [value, gradient] = await simdValues(() =>
      loss(tf.zeros([2, 2]), tf.tensor1d([0, label], 'int32'), 0),
    );
    expect([...value!]).toEqual([Number.NaN]);
    expect([...gradient!]).toEqual([-0.5, 0.5, Number.NaN, Number.NaN]);
  });

  it('passes a NaN on', async () => {
    const [value, gradient] = await simdValues(() =>
      loss(tf.tensor2d([[0, Number.NaN]]), tf.tensor1d([0], 'int32'), 0.1),
    );
    expect([...value!, ...gradient!]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe('correctCount', () => {
  it('counts first maxima, and no row with a NaN', async () => {
    const logits = [
      [1, 3, 2], // right
      [2, 2, 1], // right: the first of two
      [1, 2, 2], // wrong: the second of two
      [Number.NaN, 0, 1], // wrong
      [0, 1, Number.NaN], // wrong
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], // right
    ];
    const run = () => [correctCount(tf.tensor2d(logits), tf.tensor1d([1, 0, 2, 2, 1, 0], 'int32'))];
    expect([...(await simdValues(run))[0]!]).toEqual([3]);
    expect([...(await referenceValues(run))[0]!]).toEqual([3]);
  });

  it('agrees with the reference', async () => {
    const run = () => [correctCount(drawn('logits', [128, 10]), someLabels(128, 10))];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });
});
