import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import { selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configureSimd, createBackend, float, type SimdBackend, simd } from '../src/index.js';

// With one thread the memory is not shared, and its views end when it grows.
describe.each([1, 2])('the simd backend on %i threads', (threads) => {
  let backend: SimdBackend;
  beforeEach(async () => {
    backend = await createBackend({ threads, poisonFreedMemory: true });
    tf.engine().registry.simd = backend;
    expect(await tf.setBackend('simd')).toBe(true);
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    backend.dispose();
  });

  it("runs its own kernels, and tfjs's for the rest", () => {
    expect(tf.sum(tf.fill([1000, 1000], 0.5)).dataSync()).toEqual(new Float32Array([500_000]));
    const values = tf.softmax(tf.tensor([1, 2, 3])).dataSync();
    expect([...values].map((value) => value.toFixed(4))).toEqual(['0.0900', '0.2447', '0.6652']);
  });

  it("keeps what tfjs's kernels dispose of and go on reading until they return", () => {
    const signal = tf.complex(tf.tensor1d([1, 2, 3, 4]), tf.zeros([4]));
    const spectrum = tf.real(tf.fft(signal)).dataSync();
    expect([...spectrum]).toEqual([10, -2, -2, -2]);
  });

  it('reads a cast without loss, whose values are still integers, as floats', () => {
    const integers = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    const truths = tf.tensor2d([1, 0, 0, 1], [2, 2], 'bool');
    const product = tf.matMul(tf.cast(integers, 'float32'), tf.cast(truths, 'float32'));
    expect([...product.dataSync()]).toEqual([1, 2, 3, 4]);
  });

  it("neither keeps nor hands out anyone's array", () => {
    const values = new Float32Array([1, 2, 3, 4]);
    const tensor = tf.tensor1d(values);
    values.fill(0);
    const read = tensor.dataSync();
    expect([...read]).toEqual([1, 2, 3, 4]);
    expect(read.buffer).toBeInstanceOf(ArrayBuffer);
    read.fill(7);
    const slice = tf.slice(tensor, 1, 2);
    tensor.dispose();
    expect([...slice.dataSync()]).toEqual([2, 3]);
  });

  it('keeps the numbers of another realm (Jest) in its memory too', () => {
    const tensor = tf.tensor1d(runInNewContext('Float32Array.of(1, 2)') as Float32Array);
    expect(tensor.dataSync()).toBeInstanceOf(Float32Array);
  });

  it('passes tensors to another backend and back', async () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const clone = tensor.clone();
    await tf.setBackend('cpu');
    expect([...tf.neg(tensor).dataSync()]).toEqual([-1, -2, -3]);
    await tf.setBackend('simd');
    expect([...tf.matMul(tf.reshape(clone, [1, 3]), tf.reshape(tensor, [3, 1])).dataSync()]).toEqual([14]);
  });

  it('keeps strings and complex numbers', () => {
    expect(tf.tensor1d(['a', 'ä']).dataSync()).toEqual(['a', 'ä']);
    const product = tf.mul(tf.complex([0, 1], [1, 0]), tf.complex([0, 2], [1, 1]));
    expect([...product.dataSync()]).toEqual([-1, 0, 2, 1]);
  });

  it('multiplies matrices of depth 0, and broadcasts what comes before them', () => {
    expect([...tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    const a = tf.tensor([1, 2, 3, 4], [2, 1, 1, 2]);
    const b = tf.tensor([1, 1, 2, 0, 0, 1], [1, 3, 2, 1]);
    const product = tf.matMul(a, b);
    expect(product.shape).toEqual([2, 3, 1, 1]);
    expect([...product.dataSync()]).toEqual([3, 2, 2, 7, 6, 4]);
    expect(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([2, 3]))).toThrow('inner shapes');
  });

  it("goes on reading its tensors when the memory grows, also inside of tfjs's kernels", () => {
    const small = tf.tensor1d([1, 2, 3]);
    const large = tf.fill([3_000_000], 2);
    const before = backend.heapBytes();
    // Sums of deferred sums: computed, and room made for them, while tfjs's kernel already holds its first argument.
    const sum = tf.atan2(tf.add(large, large), tf.add(large, tf.add(large, large)));
    const joined = tf.concat([sum, large, sum]);
    expect(backend.heapBytes()).toBeGreaterThan(before);
    expect(joined.dataSync().at(-1)).toBeCloseTo(Math.atan2(4, 6));
    expect([...tf.exp(tf.log(small)).dataSync()].map(Math.round)).toEqual([1, 2, 3]);
  });

  it('gives its memory back, and holds no more after 300 equal steps', () => {
    const x = tf.ones<tf.Rank.R4>([4, 9, 9, 3]);
    const before = backend.memory().heapBytesInUse;
    const filter = tf.tidy(() => tf.variable(tf.ones<tf.Rank.R4>([3, 3, 3, 8])));
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => tf.mean(tf.relu(tf.conv2d(x, filter, 2, 'same'))), [filter]);
        filter.assign(tf.sub(filter, tf.mul(grads[filter.name]!, 0.1)) as tf.Tensor4D);
      });
    step();
    const { heapBytes, heapBytesInUse } = backend.memory();
    for (let i = 0; i < 300; i++) step();
    expect(backend.memory()).toMatchObject({ heapBytes, heapBytesInUse });
    filter.dispose();
    expect(backend.memory().heapBytesInUse).toBe(before);
  });

  it('says what did not fit, and goes on', () => {
    expect(() => tf.fill([2 ** 15, 2 ** 15], 0)).toThrow(
      expect.objectContaining({
        code: 'OUT_OF_MEMORY',
        message: expect.stringMatching(/\[32768, 32768\].*smaller batch/),
      }),
    );
    expect(tf.fill([2], 3).dataSync()).toEqual(new Float32Array([3, 3]));
  });

  it('reports a kernel that fails, and runs the next one', () => {
    expect(() => backend.run('missing')).toThrow(expect.objectContaining({ code: 'KERNEL' }));
    const end = backend.words.length * 4;
    expect(() => backend.run('fill', end, 1000, float(1))).toThrow();
    expect(tf.sum(tf.fill([1000, 1000], 1)).dataSync()).toEqual(new Float32Array([1_000_000]));
  });

  it('has scratch memory only inside of kernels', () => {
    expect(() => backend.scratch(64)).toThrow(expect.objectContaining({ code: 'SCOPE' }));
    const before = backend.memory().heapBytesInUse;
    backend.scope(() => backend.scratch(64));
    expect(backend.memory().heapBytesInUse).toBe(before);
  });
});

describe('configureSimd', () => {
  it.each([0, 1.5, Number.NaN])('refuses %d threads', (threads) => {
    expect(() => configureSimd({ threads })).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});

describe('the candidate', () => {
  it('describes its options, and starts with their values', async () => {
    expect(simd.options.map(({ name, changesBits }) => [name, changesBits])).toEqual([
      ['threads', false],
      ['tileWidth', false],
      ['convolution', true],
      ['bits', true],
    ]);
    tf.removeBackend('simd');
    tf.registerBackend('simd', () => createBackend(), 1);
    const values = { threads: 1, tileWidth: 8, convolution: 'direct' };
    await selectBackend([simd], { values });
    const { threads, tileWidth, convolution } = tf.backend() as SimdBackend;
    expect({ threads, tileWidth, convolution }).toEqual(values);
    await expect(simd.probe({ threads: 0 })).rejects.toMatchObject({
      code: 'OPTION',
      where: 'simd: threads',
      received: '0',
    });
  });
});
