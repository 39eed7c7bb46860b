import { conv2d } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Heap } from '../src/heap.js';
import { createBackend, type SimdBackend } from '../src/index.js';
import { drawn } from './support.js';

let backend: SimdBackend;
beforeAll(async () => {
  backend = await createBackend({ threads: 2, poisonFreedMemory: true });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
});
afterAll(() => backend.dispose());

const layers = [
  { name: 'by Winograd', x: [8, 12, 12, 32], filter: [3, 3, 32, 32], padding: 1 },
  { name: 'directly', x: [2, 6, 5, 24], filter: [1, 1, 24, 40], padding: 0 },
] as const;

describe.each(layers)('a filter that many batches meet, convolved $name', ({ x, filter, padding }) => {
  const convolve = (a: tf.Tensor4D, b: tf.Tensor4D) => {
    const y = conv2d(a, b, { padding });
    const values = [...y.dataSync()];
    y.dispose();
    return values;
  };

  it('is rearranged once, gives the same bits, and leaves nothing when it is disposed of', () => {
    const before = backend.memory().heapBytesInUse;
    const a = drawn<tf.Tensor4D>('x', [...x]);
    const b = drawn<tf.Tensor4D>('filter', [...filter]);
    const first = convolve(a, b);
    const afterFirst = backend.memory().heapBytesInUse;
    expect(convolve(a, b)).toEqual(first);
    const kept = backend.memory().heapBytesInUse;
    expect(kept).toBeGreaterThan(afterFirst);
    expect(convolve(a, b)).toEqual(first);
    expect(backend.memory().heapBytesInUse).toBe(kept);
    tf.dispose([a, b]);
    expect(backend.memory().heapBytesInUse).toBe(before);
  });

  it('is forgotten when a variable gets another value', () => {
    const a = drawn<tf.Tensor4D>('x', [...x]);
    const first = drawn<tf.Tensor4D>('filter', [...filter]);
    const variable = tf.variable(first);
    first.dispose();
    const other = drawn<tf.Tensor4D>('other filter', [...filter]);
    for (let i = 0; i < 3; i++) convolve(a, variable as tf.Tensor4D);
    variable.assign(other);
    const same = tf.tensor4d(other.dataSync(), [...filter]);
    const expected = convolve(a, same);
    for (let i = 0; i < 3; i++) expect(convolve(a, variable as tf.Tensor4D)).toEqual(expected);
    tf.dispose([a, variable, other, same]);
  });

  it('makes room when memory is full', () => {
    const a = drawn<tf.Tensor4D>('x', [...x]);
    const b = drawn<tf.Tensor4D>('filter', [...filter]);
    const expected = convolve(a, b);
    const without = backend.memory().heapBytesInUse;
    convolve(a, b);
    expect(backend.memory().heapBytesInUse).toBeGreaterThan(without);
    const full = vi.spyOn(Heap.prototype, 'allocate').mockReturnValueOnce(0);
    const other = tf.fill([1000], 1);
    full.mockRestore();
    expect(backend.memory().heapBytesInUse - without).toBe(4032); // the other tensor, in lines of 64 bytes
    expect(convolve(a, b)).toEqual(expected);
    tf.dispose([a, b, other]);
  });
});
