import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureSimd, type SimdBackend } from './index.js';

beforeAll(async () => {
  configureSimd({ threads: 2, poisonFreedMemory: true });
  expect(await tf.setBackend('simd')).toBe(true);
});
afterAll(() => tf.engine().reset());

describe('the simd backend', () => {
  it('runs a kernel of its own on several threads', () => {
    const filled = tf.fill([1000, 1000], 0.5);
    expect(tf.sum(filled).dataSync()).toEqual(new Float32Array([500_000]));
    filled.dispose();
  });

  it("runs tfjs's kernels for the rest", () => {
    const values = tf.tidy(() => tf.softmax(tf.tensor([1, 2, 3])).dataSync());
    expect([...values].map((value) => value.toFixed(4))).toEqual(['0.0900', '0.2447', '0.6652']);
  });

  it('gives its memory back', () => {
    const backend = tf.backend() as SimdBackend;
    const before = backend.memory().heapBytesInUse;
    tf.tidy(() => tf.exp(tf.fill([100, 100], 1)).dataSync());
    expect(backend.memory().heapBytesInUse).toBe(before);
  });
});
