import {
  adaptiveAveragePool2d,
  averagePool2d,
  channelConv1d,
  fallbacksDuring,
  globalAveragePool,
  maxPool2d,
  scaleChannels,
} from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

type Shape = [number, number, number, number];

/** Values on simd against those of tfjs's CPU backend. */
async function expectAgreement(run: () => tf.Tensor[], tolerance = 1e-6): Promise<void> {
  const actual = await simdValues(run);
  const expected = await referenceValues(run);
  for (const [i, values] of actual.entries()) {
    expect(relativeError(values, expected[i]!), `result ${i}`).toBeLessThan(tolerance);
  }
}

/** The value of f and its gradients. */
function differentiated(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  const { value, grads } = tf.valueAndGrads(f)(inputs, drawn('dy', f(...inputs).shape));
  return [value, ...grads];
}

describe('scaleChannels', () => {
  it.each<[Shape, 'linear' | 'relu', boolean]>([
    [[2, 3, 5, 64], 'relu', true],
    [[3, 4, 3, 7], 'relu', true],
    [[2, 3, 3, 18], 'linear', true],
    [[1, 5, 2, 9], 'relu', false],
    [[2, 40, 30, 3], 'linear', false], // several chunks a picture
    [[1, 1, 1, 1], 'linear', true],
  ])('agrees with the reference: %j, %s, addend %s', async (shape, activation, hasAddend) => {
    await expectAgreement(() => {
      const inputs = [drawn('x', shape), drawn('gate', [shape[0], shape[3]])];
      if (hasAddend) inputs.push(drawn('addend', shape));
      return differentiated(
        (x, gate, addend) =>
          scaleChannels(x as tf.Tensor4D, gate as tf.Tensor2D, { addend: addend as tf.Tensor4D, activation }),
        inputs,
      );
    }, 3e-6);
  });

  it('reads a sum of two gradients, and not what it stood for', async () => {
    await expectAgreement(() => {
      const shape: Shape = [2, 4, 3, 20];
      const block = (x: tf.Tensor, gate: tf.Tensor) => {
        const y = scaleChannels(x as tf.Tensor4D, gate as tf.Tensor2D, {
          addend: drawn<tf.Tensor4D>('addend', shape),
          activation: 'relu',
        });
        // What a block hands on goes two ways.
        return tf.add(scaleChannels(y, drawn<tf.Tensor2D>('second', [2, 20])), tf.square(y));
      };
      return differentiated(block, [drawn('x', shape), drawn('gate', [2, 20])]);
    }, 3e-6);
  });
});

describe('sigmoid', () => {
  it.each([[1], [7], [3, 50], [2, 3, 3, 64]])('agrees with tfjs: %i, ...', async (...shape) => {
    await expectAgreement(() =>
      differentiated((x) => tf.sigmoid(x), [drawn('x', shape, { standardDeviation: 4 })]),
    );
  });

  it('keeps a NaN, and reaches 0 and 1', async () => {
    const x = [Number.NaN, -Infinity, Infinity, -120, 120, 0, 88, -88];
    const [y] = await simdValues(() => [tf.sigmoid(tf.tensor1d(x))]);
    expect(y![0]).toBeNaN();
    const far = [0, 1, 0, 1, 0.5, 1, 0];
    for (const [i, value] of far.entries()) expect(y![i + 1]).toBeCloseTo(value, 30);
  });
});

it.each([[1], [7], [3, 50]])('negates as tfjs: %i, ...', async (...shape) => {
  const run = () => [tf.neg(drawn('x', shape)), tf.neg(tf.tensor1d([0, Number.NaN, -Infinity]))];
  expect(await simdValues(run)).toEqual(await referenceValues(run));
});

describe('concat and split', () => {
  it.each<[number, number[][]]>([
    [
      -1,
      [
        [2, 3, 4, 5],
        [2, 3, 4, 1],
        [2, 3, 4, 8],
      ],
    ],
    [
      1,
      [
        [3, 2, 5],
        [3, 0, 5],
        [3, 4, 5],
      ],
    ],
    [0, [[4], [1]]],
  ])('along axis %i: %j', async (axis, shapes) => {
    const run = () =>
      differentiated(
        (...parts) => tf.concat(parts, axis),
        shapes.map((shape, i) => drawn(`part ${i}`, shape)),
      );
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });

  it('refuses shapes that do not fit', async () => {
    await simdValues(() => {
      expect(() => tf.concat([tf.ones([2, 2]), tf.ones([1, 2])], 1)).toThrow(/Shape of tensors\[1\]/);
      return [];
    });
  });

  it('leaves other types to tfjs', async () => {
    const run = () => [tf.concat([tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3], 'int32')])];
    expect(Array.from((await simdValues(run))[0]!)).toEqual([1, 2, 3]);
  });
});

it('runs every operation of the variants without a fallback', async () => {
  await simdValues(() => {
    const shape: Shape = [2, 7, 6, 5];
    const names = fallbacksDuring(() => {
      tf.tidy(() =>
        differentiated(
          (x, filter) => {
            const picture = x as tf.Tensor4D;
            const gate = tf.sigmoid(channelConv1d(globalAveragePool(picture), filter as tf.Tensor3D));
            // A highway's sum, and a ReLU that is no normalisation's.
            const gated = tf.relu(scaleChannels(tf.sub(tf.sigmoid(picture), picture), gate));
            const options = { kernelSize: 3, stride: 2, ceilMode: true };
            const pooled = tf.concat([maxPool2d(gated, options), averagePool2d(gated, options)], 3);
            return adaptiveAveragePool2d(pooled, 2);
          },
          [drawn('x', shape), drawn('filter', [3, 1, 1])],
        ),
      );
    });
    expect(names).toEqual([]);
    return [];
  });
});
