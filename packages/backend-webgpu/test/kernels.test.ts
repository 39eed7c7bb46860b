import { batchNorm, channelSum, conv2d } from '@residual/ops';
import { normals } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { convolution, drawn } from './convolution.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

describe('convolution', () => {
  it('sums a filter gradient of many positions in splits, and the bias with it', {
    timeout: 120_000,
  }, async () => {
    await useWebgpu();
    // 2 * 40 * 33 = 2640 positions: 6 splits.
    const [, , dFilter, dBias] = await convolution([2, 40, 33, 2], [3, 3, 2, 5], { stride: 1 });
    const x = normals({ seed: 1, purpose: 'x' }, 2 * 40 * 33 * 2);
    const dy = normals({ seed: 1, purpose: 'dy' }, 2 * 40 * 33 * 5);
    const expected = new Float64Array(3 * 3 * 2 * 5);
    const sums = new Float64Array(5);
    for (let b = 0; b < 2; b++)
      for (let h = 0; h < 40; h++)
        for (let w = 0; w < 33; w++)
          for (let o = 0; o < 5; o++) {
            const gradient = dy[((b * 40 + h) * 33 + w) * 5 + o]!;
            sums[o]! += gradient;
            for (let i = 0; i < 3; i++)
              for (let j = 0; j < 3; j++)
                for (let c = 0; c < 2; c++) {
                  const [row, column] = [h + i - 1, w + j - 1];
                  if (row < 0 || row >= 40 || column < 0 || column >= 33) continue;
                  expected[((i * 3 + j) * 2 + c) * 5 + o]! +=
                    gradient * x[((b * 40 + row) * 33 + column) * 2 + c]!;
                }
          }
    const within = (actual: ArrayLike<number>, wanted: Float64Array) => {
      const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      wanted.forEach((value, i) => {
        expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-5 * largest);
      });
    };
    within(dFilter as Float32Array, expected);
    within(dBias as Float32Array, sums);
  });
});

describe('batch norm', () => {
  it('keeps small differences of large values', { timeout: 120_000 }, async () => {
    await useWebgpu();
    // Around 1000 with deviation 0.01, and the first value far off: E[x^2] - E[x]^2 in float32 would give 0 or less.
    const values = normals({ seed: 2, purpose: 'x' }, 4096 * 3).map((value, i) =>
      i < 3 ? 0 : 1000 + 0.01 * value,
    );
    const x = tf.tensor(values, [4096, 3]);
    const running = [0, 1].map(() => tf.variable(tf.zeros([3]), false));
    const y = tf.tidy(() =>
      batchNorm(x, {
        scale: tf.ones([3]),
        offset: tf.zeros([3]),
        runningMean: running[0]!,
        runningVariance: running[1]!,
        momentum: 1,
      }),
    );
    const variance = await running[1]!.data();
    for (let c = 0; c < 3; c++) {
      const channel = Array.from({ length: 4096 }, (_, i) => Math.fround(values[3 * i + c]!));
      const mean = channel.reduce((sum, value) => sum + value) / 4096;
      const expected = channel.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4095;
      expect(Math.abs(variance[c]! / expected - 1)).toBeLessThan(1e-5);
    }
    tf.dispose([x, y, running]);
  });
});

describe('a channel sum', () => {
  it('that a gradient has promised is given once, and recomputed after that', async () => {
    await useWebgpu();
    const x = drawn<tf.Tensor4D>('x', [2, 5, 5, 3]);
    const filter = drawn<tf.Tensor4D>('filter', [1, 1, 3, 4]);
    const bias = tf.zeros([4]) as tf.Tensor1D;
    const dy = drawn('dy', [2, 5, 5, 4]);
    const [promised, again] = tf.tidy(() => {
      const [, , dBias] = tf.grads((a, b, c) =>
        conv2d(a as tf.Tensor4D, b as tf.Tensor4D, { bias: c as tf.Tensor1D }),
      )([x, filter, bias], dy);
      return [dBias!, channelSum(dy)];
    });
    const [a, b] = await Promise.all([promised!.data(), again!.data()]);
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i]!, 4);
    });
    tf.dispose([x, filter, bias, dy, promised!, again!]);
  });
});

describe('the gradient of a convolution by its input', () => {
  it.each([8, 5])('is added to another in one pass, to the same bits, with %i channels', async (channels) => {
    const backend = await useWebgpu();
    const filter = drawn<tf.Tensor4D>('filter', [3, 3, channels, 6]);
    const x = drawn<tf.Tensor4D>('x', [2, 9, 8, channels]);
    const other = drawn('other', x.shape);
    const dy = drawn('dy', [2, 5, 4, 6]);
    const gradient = () => tf.grad((a) => conv2d(a as tf.Tensor4D, filter, { stride: 2, padding: 1 }))(x, dy);
    const names: string[] = [];
    const { dispatch } = backend;
    backend.dispatch = function (shader, run) {
      names.push(shader.name);
      dispatch.call(this, shader, run as never);
    };
    const results = tf.tidy(() => {
      const dx = gradient();
      expect(names).not.toContain('convolutionInputGradient');
      backend.uploadToGPU(dx.dataId); // used by itself
      expect(names.filter((name) => name === 'convolutionInputGradient')).toHaveLength(1);
      const apart = tf.add(other, dx);
      const part = gradient();
      const together = tf.add(other, part);
      expect(names.filter((name) => name === 'convolutionInputGradient')).toHaveLength(2);
      return { apart, together, dx, part };
    });
    backend.dispatch = dispatch;
    const [apart, together, alone, again] = await Promise.all(
      [results.apart, results.together, results.dx, results.part].map((tensor) => tensor.data()),
    );
    expect(together).toEqual(apart);
    expect(again).toEqual(alone); // what was added can still be had
    tf.dispose([filter, x, other, dy, results]);
  });
});
