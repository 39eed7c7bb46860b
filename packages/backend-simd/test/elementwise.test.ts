import { fallbacksDuring } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, simdValues } from './support.js';

/** Both orders of the operands, on what simd computes itself and on what it leaves to tfjs. */
const PAIRS: [number[], number[]][] = [
  [
    [3, 5],
    [3, 5],
  ],
  [[1], [1]],
  [[], []],
  [[4, 3, 7], []],
  [[4, 3, 7], [7]],
  [
    [4, 3, 8],
    [1, 3, 8],
  ],
  [
    [5, 6],
    [1, 1],
  ],
  [[5], [1, 1]],
  [
    [4, 3, 7],
    [4, 1, 1],
  ],
  [
    [4, 1, 5],
    [3, 1],
  ], // both are repeated: tfjs's own
  [
    [2, 0],
    [2, 0],
  ],
];

describe.each([
  ['add', tf.add],
  ['sub', tf.sub],
  ['mul', tf.mul],
])('%s', (_, operation) => {
  it.each(PAIRS)('gives the values of tfjs: %j and %j', async (a, b) => {
    const run = () => [operation(drawn('a', a), drawn('b', b)), operation(drawn('b', b), drawn('a', a))];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
    const shapes = () => run().map(({ shape }) => tf.tensor1d(shape, 'int32'));
    expect(await simdValues(shapes)).toEqual(await referenceValues(shapes));
  });

  it('leaves integers to tfjs', async () => {
    const run = () => [operation(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([7, 2 ** 30], 'int32'))];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });

  it('takes integers that were cast', async () => {
    const run = () => [operation(tf.cast(tf.tensor1d([1, 2], 'int32'), 'float32'), tf.scalar(0.5))];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });
});

it('computes one value for each example itself, as stochastic depth asks for', async () => {
  await simdValues(() => {
    const [x, each] = [drawn('x', [4, 3, 7, 2]), drawn('each', [4, 1, 1, 1])];
    expect(fallbacksDuring(() => void tf.mul(x, each))).toEqual([]);
    return [x];
  });
});

describe('addN', () => {
  it.each([[[2, 3]], [[5000]], [[]]])('gives the values of tfjs: %j', async (shape) => {
    const run = () => [tf.addN(['a', 'b', 'c'].map((purpose) => drawn(purpose, shape)))];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });
});

describe('relu and its gradient', () => {
  it('give the values of tfjs', async () => {
    const x = () => tf.tensor1d([1, -1, 0, Number.NaN, Number.POSITIVE_INFINITY, -2, 3]);
    const run = () => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.relu(x))(x(), tf.fill([7], 2));
      return [value, grad];
    };
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });
});
