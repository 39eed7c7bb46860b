import {
  type AveragePool2dOptions,
  averagePool2d,
  batchNormInference,
  channelSum,
  globalAveragePool,
  maxPool2d,
} from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

type Shape = [number, number, number, number];
type Size = [number, number];

interface Pool {
  shape: Shape;
  kernelSize: Size;
  stride: Size;
  padding: Size;
  ceilMode?: boolean;
}

const POOLS: Pool[] = [
  { shape: [2, 8, 8, 64], kernelSize: [3, 3], stride: [2, 2], padding: [1, 1] }, // the stem's
  { shape: [1, 7, 5, 3], kernelSize: [3, 3], stride: [2, 2], padding: [1, 1] },
  { shape: [3, 5, 9, 1], kernelSize: [2, 2], stride: [2, 2], padding: [0, 0] },
  { shape: [2, 4, 6, 7], kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] },
  { shape: [1, 6, 4, 20], kernelSize: [2, 3], stride: [3, 1], padding: [0, 1] },
  { shape: [4, 3, 2, 16], kernelSize: [1, 1], stride: [1, 1], padding: [0, 0] },
  { shape: [1, 2, 2, 5], kernelSize: [4, 4], stride: [1, 1], padding: [2, 2] },
  { shape: [2, 8, 6, 12], kernelSize: [3, 3], stride: [2, 2], padding: [0, 0], ceilMode: true },
  { shape: [1, 2, 9, 5], kernelSize: [3, 2], stride: [2, 3], padding: [0, 1], ceilMode: true },
];

/** y and the gradient of x. */
function pool(x: () => tf.Tensor, options: Omit<Pool, 'shape'>): tf.Tensor[] {
  const run = (input: tf.Tensor) => maxPool2d(input as tf.Tensor4D, options);
  const y = run(x());
  const { value, grad } = tf.valueAndGrad(run)(x(), drawn('dy', y.shape));
  return [value, grad];
}

describe('maxPool2d', () => {
  it.each(POOLS)('agrees with the reference: %o', async ({ shape, ...options }) => {
    // Whole numbers: many ties, and exact sums.
    const run = () => pool(() => tf.round(drawn('x', shape)), options);
    const [y, dx] = await simdValues(run);
    const [expectedY, expectedDx] = await referenceValues(run);
    expect(y).toEqual(expectedY);
    expect(relativeError(dx!, expectedDx!)).toBeLessThan(1e-6);
  });

  it.each([1, 4])('lets a NaN win, and -Infinity over padding, in %i channels', async (channels) => {
    const row = [
      Number.NaN,
      1,
      2,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    const x = () =>
      tf.tensor4d(
        row.flatMap((value) => new Array(channels).fill(value)),
        [1, 1, 6, channels],
      );
    const [y, dx] = await simdValues(() => pool(x, { kernelSize: [1, 3], stride: [1, 3], padding: [0, 1] }));
    const first = (values: ArrayLike<number>) => Array.from(values).filter((_, i) => i % channels === 0);
    // The windows are (padding, NaN, 1) and (2, -Infinity, -Infinity).
    expect(first(y!)).toEqual([Number.NaN, 2]);
    expect(first(dx!).map((value) => value !== 0)).toEqual([true, false, true, false, false, false]);
  });
});

describe('maxPool2d behind a batch normalisation', () => {
  it.each<[Shape, 'linear' | 'relu']>([
    [[2, 6, 6, 64], 'relu'],
    [[2, 6, 6, 20], 'linear'],
    [[1, 4, 5, 7], 'relu'],
    [[4, 5, 5, 3], 'linear'],
    [[1, 5, 5, 8], 'relu'], // 25 rows: normalised at once
  ])('gives the bits of the two one after the other: %j, %s', async (shape, activation) => {
    const channels = [shape[3]];
    const run = (behind: (y: tf.Tensor4D) => tf.Tensor4D) => {
      const y = batchNormInference(drawn<tf.Tensor4D>('x', shape, { mean: 1 }), {
        scale: drawn('scale', channels),
        offset: drawn('offset', channels),
        mean: drawn('mean', channels),
        variance: tf.square(drawn('deviation', channels)) as tf.Tensor1D,
        activation,
      });
      return [maxPool2d(behind(y), { kernelSize: 3, stride: 2, padding: 1 })];
    };
    const copied = (y: tf.Tensor4D) => tf.tensor4d(y.dataSync(), shape);
    expect(await simdValues(() => run((y) => y))).toEqual(await simdValues(() => run(copied)));
  });
});

const AVERAGES: [Shape, AveragePool2dOptions][] = [
  [[2, 6, 8, 64], { kernelSize: 2 }],
  [[2, 7, 5, 36], { kernelSize: 2, ceilMode: true, countIncludePad: false }],
  [[3, 5, 7, 5], { kernelSize: 3, stride: 2, padding: 1 }],
  [[1, 8, 6, 18], { kernelSize: 3, stride: 2, padding: 1, ceilMode: true }],
  [[1, 4, 7, 3], { kernelSize: [1, 2], stride: 3, padding: [0, 1], countIncludePad: false }],
  [[2, 5, 4, 1], { kernelSize: [4, 3], stride: 1, padding: [2, 0] }],
];

describe('averagePool2d', () => {
  it.each(AVERAGES)('agrees with the reference: %j, %j', async (shape, options) => {
    const run = () => {
      const f = (x: tf.Tensor) => averagePool2d(x as tf.Tensor4D, options);
      const x = drawn('x', shape);
      const { value, grad } = tf.valueAndGrad(f)(x, drawn('dy', f(x).shape));
      return [value, grad];
    };
    const [y, dx] = await simdValues(run);
    const [expectedY, expectedDx] = await referenceValues(run);
    expect(relativeError(y!, expectedY!)).toBeLessThan(1e-6);
    expect(relativeError(dx!, expectedDx!)).toBeLessThan(1e-6);
  });
});

const SHAPES: Shape[] = [
  [1, 1, 1, 1],
  [3, 3, 3, 16],
  [2, 7, 7, 5],
  [1, 5, 2, 64],
  [5, 2, 3, 3],
];

describe('globalAveragePool', () => {
  it.each(SHAPES)('agrees with the reference: [%i, %i, %i, %i]', async (...shape) => {
    const run = () => {
      const pooled = tf.valueAndGrad((x: tf.Tensor) => globalAveragePool(x as tf.Tensor4D));
      const { value, grad } = pooled(drawn('x', shape, { mean: 1 }), drawn('dy', [shape[0], shape[3]]));
      return [value, grad];
    };
    const [y, dx] = await simdValues(run);
    const [expectedY, expectedDx] = await referenceValues(run);
    expect(relativeError(y!, expectedY!)).toBeLessThan(1e-6);
    expect(relativeError(dx!, expectedDx!)).toBeLessThan(1e-6);
  });
});

describe('channelSum', () => {
  it.each([
    [1, 1],
    [3, 5],
    [2, 3, 5, 7],
    [1500, 20],
    [4000, 3],
    [2, 9, 7, 64],
  ])('is the float64 sum: %i, %i, ...', async (...shape) => {
    const [sum] = await simdValues(() => [channelSum(drawn('x', shape, { mean: 3 }))]);
    const [x] = await referenceValues(() => [drawn('x', shape, { mean: 3 })]);
    const exact = new Float64Array(sum!.length);
    for (const [i, value] of x!.entries()) exact[i % exact.length]! += value;
    expect(relativeError(sum!, exact)).toBeLessThan(1e-6);
  });
});
