import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { init } from '../init.js';
import { predict } from '../predict.js';
import { dispose } from '../stateDict.js';
import { BatchNorm2d } from './batchNorm2d.js';

beforeAll(() => tf.setBackend('cpu'));

let before: number;
let bn: BatchNorm2d;
beforeEach(() => {
  before = tf.memory().numTensors;
  bn = init(new BatchNorm2d(), [1, 1, 2, 1], { seed: 0 });
});
afterEach(() => {
  dispose(bn);
  expect(tf.memory().numTensors).toBe(before);
});

const running = () => [bn.runningMean.value.dataSync()[0]!, bn.runningVariance.value.dataSync()[0]!];

describe('BatchNorm2d', () => {
  it("normalises with the batch when training, and moves the running statistics as PyTorch's does", () => {
    const x = tf.tensor4d([1, 2, 3, 6], [2, 1, 2, 1]); // mean 3, variance 3.5 biased, 14 / 3 unbiased
    const y = tf.tidy(() => bn.forward(x, 'train'));
    const expected = [-2, -1, 0, 3].map((centered) => centered / Math.sqrt(3.5 + 1e-5));
    for (const [i, value] of y.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    expect(running()[0]).toBeCloseTo(0.1 * 3, 6);
    expect(running()[1]).toBeCloseTo(0.9 + (0.1 * 14) / 3, 6);
    tf.dispose([x, y]);
  });

  it('uses the running statistics for prediction, and leaves them', () => {
    const x = tf.tensor4d([1, 2, 3, 6], [2, 1, 2, 1]);
    tf.tidy(() => {
      bn.runningMean.value.assign(tf.tensor1d([2]));
      bn.runningVariance.value.assign(tf.tensor1d([4]));
    });
    const y = predict(bn, x);
    for (const [i, value] of [-0.5, 0, 0.5, 2].entries()) expect(y.dataSync()[i]).toBeCloseTo(value, 5);
    expect(running()).toEqual([2, 4]);
    tf.dispose([x, y]);
  });

  it('adds and rectifies in the same pass', () => {
    const x = tf.tensor4d([1, -3], [1, 1, 2, 1]);
    const addend = tf.tensor4d([1, 1], [1, 1, 2, 1]);
    const y = tf.tidy(() => bn.forward(x, 'eval', { addend, activation: 'relu' }));
    expect(y.dataSync()[0]).toBeCloseTo(2, 4);
    expect(y.dataSync()[1]).toBe(0);
    tf.dispose([x, addend, y]);
  });
});
