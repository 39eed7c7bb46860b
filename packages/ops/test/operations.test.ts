import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  batchNorm,
  conv2d,
  correctCount,
  evalShape,
  linear,
  maxPool2d,
  pictureToFloat,
  referenceOps,
  resizeBilinear,
  softmaxCrossEntropy,
} from '../src/index.js';

beforeAll(async () => {
  expect(await tf.setBackend('cpu')).toBe(true);
});

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe('conv2d', () => {
  it('pads both sides alike and adds the bias', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const y = conv2d(x, tf.ones([3, 3, 1, 1]), { padding: 1, bias: tf.tensor1d([0.5]) });
    expect(values(y)).toEqual([10.5, 10.5, 10.5, 10.5]);
  });

  it('keeps groups apart', () => {
    const x = tf.tensor4d([1, 10], [1, 1, 1, 2]);
    expect(values(conv2d(x, tf.tensor4d([2, 3], [1, 1, 1, 2]), { groups: 2 }))).toEqual([2, 30]);
  });

  it('does not compute the gradient of its pictures when nobody asks', () => {
    const x = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
    const filter = tf.variable(tf.ones([3, 3, 1, 1])) as unknown as tf.Variable<tf.Rank.R4>;
    tf.variableGrads(() => tf.sum(conv2d(x, filter)) as tf.Scalar, [filter as unknown as tf.Variable]);
    expect(referenceOps()).toContain('residual/conv2dFilterGradient');
    expect(referenceOps()).not.toContain('residual/conv2dInputGradient');
  });

  it.each([
    [{ groups: 2 }, 'conv2d: groups', 'a divisor of 3 input and 4 output channels', '2'],
    [{ stride: 0 }, 'conv2d: stride', 'integers of at least 1', '0'],
    [
      { bias: tf.zeros([3]) as tf.Tensor1D },
      'conv2d: bias',
      'shape [4], one value for each output channel',
      '[3]',
    ],
  ])('refuses %#, and keeps what it says', (options, where, expected, received) => {
    const call = () => conv2d(tf.zeros([1, 4, 4, 3]), tf.zeros([3, 3, 3, 4]), options);
    const message = expect.stringMatching(/^.*: expected .*, received .*\. [A-Z].*\.$/);
    expect(call).toThrow(
      expect.objectContaining({
        name: 'OpsError',
        where,
        expected,
        received,
        fix: expect.any(String),
        message,
      }),
    );
  });

  it('refuses a picture smaller than the filter', () => {
    expect(() => conv2d(tf.zeros([1, 2, 2, 1]), tf.zeros([3, 3, 1, 1]))).toThrow(
      /at least 3x3 .* received 2x2/,
    );
  });
});

describe('batchNorm', () => {
  const options = (runningMean: tf.Variable, runningVariance: tf.Variable) => ({
    scale: tf.tensor1d([2]),
    offset: tf.tensor1d([1]),
    runningMean,
    runningVariance,
  });

  it('normalises with the biased variance and remembers the unbiased one', () => {
    const runningMean = tf.variable(tf.tensor1d([10]), false);
    const runningVariance = tf.variable(tf.tensor1d([10]), false);
    const y = batchNorm(tf.tensor2d([1, 3], [2, 1]), {
      ...options(runningMean, runningVariance),
      epsilon: 0,
    });
    expect(values(y)).toEqual([-1, 3]); // (x - 2) / 1 * 2 + 1
    expect(values(runningMean)[0]).toBeCloseTo(0.9 * 10 + 0.1 * 2, 5);
    expect(values(runningVariance)[0]).toBeCloseTo(0.9 * 10 + 0.1 * 2, 5); // the unbiased variance is 2
  });

  it('refuses one value a channel, and leaks nothing', () => {
    const runningMean = tf.variable(tf.tensor1d([0]), false);
    const runningVariance = tf.variable(tf.tensor1d([1]), false);
    expect(() => batchNorm(tf.ones([1, 1]), options(runningMean, runningVariance))).toThrow(
      /more than one value a channel/,
    );
    const { scale, offset, ...running } = options(runningMean, runningVariance);
    const x = tf.tensor2d([1, 3], [2, 1]);
    const weight = tf.variable(tf.tensor1d([1]));
    const before = tf.memory().numTensors;
    batchNorm(x, { scale, offset, ...running, activation: 'relu', addend: x }).dispose();
    const { value, grads } = tf.variableGrads(
      () => tf.sum(batchNorm(tf.mul(x, weight), { scale, offset, ...running })) as tf.Scalar,
    );
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('maxPool2d', () => {
  const NEGATIVE = Number.NEGATIVE_INFINITY;

  it('never lets the padding win', () => {
    const x = tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1]);
    expect(values(maxPool2d(x, { kernelSize: 3, stride: 2, padding: 1 }))).toEqual([-1]);
    expect(
      values(maxPool2d(tf.fill([1, 2, 2, 1], NEGATIVE), { kernelSize: 3, stride: 2, padding: 1 })),
    ).toEqual([NEGATIVE]);
  });

  it('gives the gradient to the first of equal maxima', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(maxPool2d(x as tf.Tensor4D, { kernelSize: 2 })));
    expect(values(gradient(tf.ones([1, 2, 2, 1])))).toEqual([1, 0, 0, 0]);
  });

  it('lets a NaN through', () => {
    const x = tf.tensor4d([1, Number.NaN, 3, 4], [1, 2, 2, 1]);
    expect(values(maxPool2d(x, { kernelSize: 2 }))).toEqual([Number.NaN]);
  });

  it('refuses padding above half the kernel', () => {
    expect(() => maxPool2d(tf.zeros([1, 4, 4, 1]), { kernelSize: 2, padding: 2 })).toThrow(
      /at most half the kernel 2x2/,
    );
  });
});

describe('softmaxCrossEntropy and correctCount', () => {
  const logits = tf.tensor2d([0, 0, 0, 1, 3, 2], [2, 3]);

  it('is log K for equal logits', () => {
    expect(values(softmaxCrossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 2], 'int32')))[0]).toBeCloseTo(
      Math.log(3),
      6,
    );
  });

  it('is NaN for a label that is no class, never a plausible number', () => {
    expect(values(softmaxCrossEntropy(logits, tf.tensor1d([0, 3], 'int32')))).toEqual([Number.NaN]);
    expect(values(softmaxCrossEntropy(logits, tf.tensor1d([0, -1], 'int32')))).toEqual([Number.NaN]);
  });

  it('refuses float labels', () => {
    expect(() => softmaxCrossEntropy(logits, tf.tensor1d([0, 1]))).toThrow(
      /class numbers as int32, received float32/,
    );
  });

  it('counts the first maximum, and never a row with a NaN', () => {
    expect(values(correctCount(logits, tf.tensor1d([0, 1], 'int32')))).toEqual([2]);
    expect(values(correctCount(logits, tf.tensor1d([1, 1], 'int32')))).toEqual([1]);
    expect(values(correctCount(tf.tensor2d([1, Number.NaN], [1, 2]), tf.tensor1d([0], 'int32')))).toEqual([
      0,
    ]);
  });
});

describe('pictures', () => {
  it('keeps a flat picture flat at any size', () => {
    const x = tf.fill([1, 5, 7, 2], 200, 'int32') as tf.Tensor4D;
    const y = resizeBilinear(x, [11, 3]);
    expect(y.shape).toEqual([1, 11, 3, 2]);
    expect(y.dtype).toBe('int32');
    expect(new Set(values(y))).toEqual(new Set([200]));
  });

  it('normalises each channel', () => {
    const x = tf.tensor4d([255, 51], [1, 1, 1, 2], 'int32');
    const y = values(pictureToFloat(x, { mean: [0.5, 0.1], standardDeviation: [0.5, 0.2] }));
    expect(y[0]).toBeCloseTo(1, 6);
    expect(y[1]).toBeCloseTo(0.5, 6);
    expect(() => pictureToFloat(x, { mean: [0], standardDeviation: [1] })).toThrow(
      /each of 2 channels, received 1 and 1/,
    );
  });
});

describe('evalShape', () => {
  it('computes shapes alone: no arithmetic, no statistics', () => {
    const runningMean = tf.variable(tf.zeros([4]), false);
    const runningVariance = tf.variable(tf.ones([4]), false);
    const y = evalShape(() => {
      const x = conv2d(tf.ones([2, 8, 8, 3]), tf.ones([3, 3, 3, 4]), { stride: 2, padding: 1 });
      return batchNorm(x, { scale: tf.ones([4]), offset: tf.ones([4]), runningMean, runningVariance });
    });
    expect(y.shape).toEqual([2, 4, 4, 4]);
    expect(new Set(values(y))).toEqual(new Set([0]));
    expect(values(runningMean)).toEqual([0, 0, 0, 0]);
  });

  it('still checks arguments, and ends when its function throws', () => {
    expect(() => evalShape(() => linear(tf.zeros([1, 2]), tf.zeros([3, 1])))).toThrow(
      /linear: weight: expected shape \[2,\*\]/,
    );
    expect(values(linear(tf.ones([1, 1]), tf.ones([1, 1])))).toEqual([1]);
  });
});
