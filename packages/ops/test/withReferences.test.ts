import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linear, referenceOps, withReferences } from '../src/index.js';

const kernelName = 'residual/linear';

beforeEach(async () => {
  await tf.setBackend('cpu');
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: () => tf.tensor2d([[-1]]) });
});

afterEach(() => tf.unregisterKernel(kernelName, 'cpu'));

it('runs the reference where the backend has a kernel, once and unnoticed', () => {
  const double = () => linear(tf.tensor2d([[3]]), tf.tensor2d([[2]])).dataSync()[0];
  expect(double()).toBe(-1);
  expect(withReferences(double)).toBe(6);
  expect(double()).toBe(-1);
  expect(referenceOps()).not.toContain(kernelName);
});

it('gives the same gradient', () => {
  const gradient = tf.grad((x: tf.Tensor) => linear(x as tf.Tensor2D, tf.tensor2d([[2]])));
  expect(withReferences(() => gradient(tf.tensor2d([[3]])).dataSync()[0])).toBe(2);
});

it('ends when its function throws', () => {
  expect(() =>
    withReferences(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(linear(tf.tensor2d([[3]]), tf.tensor2d([[2]])).dataSync()[0]).toBe(-1);
});
