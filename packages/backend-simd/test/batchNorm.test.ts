import { batchNorm, batchNormInference, channelSum } from '@residual/ops';
import { normals, uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

const SHAPES = [
  [2, 1],
  [1, 3, 2, 3],
  [5, 5],
  [3, 2, 4, 7],
  [2, 9, 7, 16],
  [1, 5, 3, 20],
  [3, 4],
  [2, 11, 13, 64],
  [1300, 17], // several chunks, the last of 20 rows
];

interface Case {
  shape: number[];
  hasAddend: boolean;
  activation: 'linear' | 'relu';
}

const CASES: Case[] = SHAPES.flatMap((shape) =>
  [false, true].flatMap((hasAddend) =>
    (['linear', 'relu'] as const).map((activation) => ({ shape, hasAddend, activation })),
  ),
);

function positive(purpose: string, channels: number): tf.Tensor1D {
  return tf.tensor1d(uniforms({ seed: 1, purpose }, channels, { min: 0.5, max: 2 }));
}

/** y, the gradients of x, scale, offset and addend, and what else the training form changes. */
function train({ shape, hasAddend, activation }: Case): tf.Tensor[] {
  const channels = shape.at(-1)!;
  const runningMean = tf.variable(drawn('runningMean', [channels]), false);
  const runningVariance = tf.variable(positive('runningVariance', channels), false);
  const inputs = [drawn('x', shape, { mean: 1 }), positive('scale', channels), drawn('offset', [channels])];
  if (hasAddend) inputs.push(drawn('addend', shape));
  const { value, grads } = tf.valueAndGrads((...[x, scale, offset, addend]: tf.Tensor[]) =>
    batchNorm(x!, {
      scale: scale as tf.Tensor1D,
      offset: offset as tf.Tensor1D,
      runningMean,
      runningVariance,
      activation,
      ...(addend && { addend }),
    }),
  )(inputs, drawn('dy', shape));
  const result = [value, ...grads, tf.clone(runningMean), tf.clone(runningVariance)];
  tf.dispose([runningMean, runningVariance]);
  return result;
}

function infer({ shape, hasAddend, activation }: Case): tf.Tensor[] {
  const channels = shape.at(-1)!;
  const mean = drawn<tf.Tensor1D>('mean', [channels]);
  const variance = positive('variance', channels);
  const inputs = [drawn('x', shape, { mean: 1 }), positive('scale', channels), drawn('offset', [channels])];
  if (hasAddend) inputs.push(drawn('addend', shape));
  const { value, grads } = tf.valueAndGrads((...[x, scale, offset, addend]: tf.Tensor[]) =>
    batchNormInference(x!, {
      scale: scale as tf.Tensor1D,
      offset: offset as tf.Tensor1D,
      mean,
      variance,
      activation,
      ...(addend && { addend }),
    }),
  )(inputs, drawn('dy', shape));
  return [value, ...grads];
}

describe.each([
  ['training', train],
  ['inference', infer],
])('batch normalisation for %s', (_, run) => {
  it.each(CASES)('agrees with the reference: $shape, addend $hasAddend, $activation', async (options) => {
    const actual = await simdValues(() => run(options));
    const expected = await referenceValues(() => run(options));
    expect(actual.length).toBe(expected.length);
    for (const [i, values] of actual.entries()) {
      expect(relativeError(values, expected[i]!), `output ${i}`).toBeLessThan(2e-5);
    }
  });
});

/** Algorithm 1 of arXiv 1502.03167 in float64. */
function normalize(
  x: Float32Array,
  channels: number,
): { y: Float64Array; mean: number[]; variance: number[] } {
  const rows = x.length / channels;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  for (const [i, value] of x.entries()) mean[i % channels]! += value / rows;
  for (const [i, value] of x.entries()) variance[i % channels]! += (value - mean[i % channels]!) ** 2 / rows;
  const y = Float64Array.from(
    x,
    (value, i) => (value - mean[i % channels]!) / Math.sqrt(variance[i % channels]!),
  );
  return { y, mean, variance };
}

describe('the statistics', () => {
  const rows = 2100;
  const channels = 5;
  const noise = normals({ seed: 2, purpose: 'noise' }, rows * channels);
  it.each([
    ['the mean is 0', () => 0],
    ['the mean is 10,000 times the spread', () => 10_000],
    ['the first rows are far from the others', (row: number) => (row < 4 ? 1000 : 0)],
    ['the rows drift', (row: number) => row / 10],
    ['the last row is an outlier', (row: number) => (row === rows - 1 ? 500 : 0)],
  ])('are those of float64 where %s', async (_, offset) => {
    const x = noise.map((value, i) => value + offset(Math.floor(i / channels)));
    const exact = normalize(x, channels);
    const [y, mean, variance] = await simdValues(() => {
      const runningMean = tf.variable(tf.zeros([channels]), false);
      const runningVariance = tf.variable(tf.zeros([channels]), false);
      const y = batchNorm(tf.tensor2d(x, [rows, channels]), {
        scale: tf.ones([channels]) as tf.Tensor1D,
        offset: tf.zeros([channels]) as tf.Tensor1D,
        runningMean,
        runningVariance,
        momentum: 1,
        epsilon: 0,
      });
      const result = [y, tf.clone(runningMean), tf.clone(runningVariance)];
      tf.dispose([runningMean, runningVariance]);
      return result;
    });
    expect(relativeError(y!, exact.y)).toBeLessThan(1e-6);
    const spread = Math.max(...exact.variance) ** 0.5;
    const float32 = 2 ** -24 * Math.max(...exact.mean.map(Math.abs));
    expect(relativeError(mean!, exact.mean) * Math.max(...exact.mean.map(Math.abs))).toBeLessThan(
      1e-6 * spread + float32,
    );
    const unbiased = exact.variance.map((value) => (value * rows) / (rows - 1));
    expect(relativeError(variance!, unbiased)).toBeLessThan(2e-6);
  });

  it('let a NaN through to its channel alone', async () => {
    const x = Float32Array.of(1, 2, 3, 4, Number.NaN, 6, 7, 8);
    const [y] = await simdValues(() => {
      const statistics = [tf.zeros([2]), tf.ones([2])].map((value) => tf.variable(value, false));
      const y = batchNorm(tf.tensor2d(x, [4, 2]), {
        scale: tf.ones([2]) as tf.Tensor1D,
        offset: tf.zeros([2]) as tf.Tensor1D,
        runningMean: statistics[0]!,
        runningVariance: statistics[1]!,
        activation: 'relu',
      });
      tf.dispose(statistics);
      return [y];
    });
    expect([...y!].map(Number.isNaN)).toEqual([true, false, true, false, true, false, true, false]);
  });
});

describe('what batch normalisation remembers', () => {
  it.each([
    [700, 20],
    [9, 5],
    [3, 64],
  ])('changes no bit: [%i, %i]', async (rows, channels) => {
    // Copies of the saved mean and of dx are new tensors, of which nothing is known.
    const [dx, same, sum, sameSum] = await simdValues(() => {
      const run = (name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap) =>
        tf.engine().runKernel(name, inputs, attributes) as tf.Tensor[];
      const x = drawn('x', [rows, channels]);
      const dy = drawn('dy', [rows, channels]);
      const [scale, runningVariance] = [positive('scale', channels), positive('variance', channels)];
      const [offset, runningMean] = [drawn('offset', [channels]), drawn('mean', [channels])];
      const [y, mean, inverseStandardDeviation] = run(
        'residual/batchNorm',
        { x, scale, offset, runningMean, runningVariance },
        { momentum: 0.1, epsilon: 1e-5, activation: 'relu' },
      );
      const gradient = (statistic: tf.Tensor) =>
        run(
          'residual/batchNormGradient',
          { dy, x, scale, mean: statistic, inverseStandardDeviation: inverseStandardDeviation!, y: y! },
          { activation: 'relu', hasAddend: false },
        )[0]!;
      const copy = (tensor: tf.Tensor) => tf.tensor(tensor.dataSync(), tensor.shape);
      const dx = gradient(mean!);
      return [dx, gradient(copy(mean!)), channelSum(dx), channelSum(copy(dx))];
    });
    expect(same).toEqual(dx);
    expect(sameSum).toEqual(sum);
  });
});

describe('the gradient of a batch normalisation whose output went two ways', () => {
  it.each([
    [2, 6, 5, 20],
    [1, 3, 3, 7],
    [3, 4, 4, 64],
  ])('adds what comes back: [%i, %i, %i, %i]', async (...shape) => {
    const channels = shape[3]!;
    const gradients = (sum: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => {
      const x = drawn('x', shape);
      const [scale, offset] = [positive('scale', channels), drawn('offset', [channels])];
      const [mean, inverseStandardDeviation] = [drawn('mean', [channels]), positive('deviation', channels)];
      const y = drawn('y', shape);
      const dy = sum(drawn('one way', shape), drawn('the other', shape));
      const results = tf
        .engine()
        .runKernel(
          'residual/batchNormGradient',
          { dy, x, scale, offset, mean, inverseStandardDeviation, y },
          { activation: 'relu', hasAddend: true },
        ) as tf.Tensor[];
      return [...results, dy];
    };
    const written = (a: tf.Tensor, b: tf.Tensor) => tf.tensor(tf.add(a, b).dataSync(), shape);
    expect(await simdValues(() => gradients(tf.add))).toEqual(await simdValues(() => gradients(written)));
  });
});
