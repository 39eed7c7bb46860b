import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend, type SimdBackend } from '../src/index.js';

let backend: SimdBackend;
beforeAll(async () => {
  backend = await createBackend({ threads: 1, poisonFreedMemory: true });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
});
afterAll(() => tf.removeBackend('simd'));

const four = (value: number) => tf.fill([1, 2, 2, 1], value);
const bytes = () => backend.memory().heapBytesInUse;

describe('a promised sum', () => {
  it('outlives its summands, and is computed once', () => {
    const before = bytes();
    const [a, b] = [four(1), four(2)];
    const sum = tf.add(a, b);
    tf.dispose([a, b]);
    four(9).dispose(); // would take the summands' place
    expect(backend.formula(sum)).toMatchObject({ kind: 'sum' });
    expect([...sum.dataSync()]).toEqual([3, 3, 3, 3]);
    expect(backend.formula(sum)).toBeUndefined();
    expect([...sum.dataSync()]).toEqual([3, 3, 3, 3]);
    sum.dispose();
    expect(bytes()).toBe(before);
  });

  it('leaves no memory in use when nobody asks', () => {
    const before = bytes();
    const [a, b] = [four(1), four(2)];
    const sum = tf.add(a, b);
    const copy = sum.clone();
    tf.dispose([a, b, sum]);
    expect(bytes()).toBeGreaterThan(before);
    copy.dispose();
    expect(bytes()).toBe(before);
  });

  it('may be made of promises', () => {
    const sum = tf.tidy(() => tf.add(tf.add(four(1), four(2)), tf.add(four(3), four(4))));
    expect([...sum.dataSync()]).toEqual([10, 10, 10, 10]);
    sum.dispose();
  });

  it('moves to another backend as its values', async () => {
    const sum = tf.tidy(() => tf.add(four(1), four(2)));
    await tf.setBackend('cpu');
    expect([...tf.neg(sum).dataSync()]).toEqual([-3, -3, -3, -3]);
    await tf.setBackend('simd');
    sum.dispose();
  });
});
