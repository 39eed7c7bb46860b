import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type ConvolutionAlgorithm, convolutionAlgorithm } from '../src/convolution/algorithm.js';
import { type ConvolutionAttributes, convolutionShape } from '../src/convolution/shape.js';
import { createBackend } from '../src/index.js';
import {
  type Doubles,
  naiveConv2d,
  naiveFilterGradient,
  naiveInputGradient,
  outputShape,
  relativeError,
  someNumbers,
} from '../src/testing/naive.js';
import { referenceValues, relativeDistance, simdValues } from './support.js';

interface Case extends ConvolutionAttributes {
  x: number[];
  filter: number[];
}

function layer(
  x: number[],
  filter: number[],
  stride: [number, number] = [1, 1],
  padding: [number, number] = [0, 0],
  groups = 1,
): Case {
  return { x, filter, stride, padding, groups };
}

const cases = [
  layer([1, 1, 1, 1], [1, 1, 1, 1]),
  layer([2, 5, 7, 3], [1, 1, 3, 4]),
  layer([3, 6, 6, 8], [3, 3, 8, 16], [1, 1], [1, 1]),
  layer([2, 7, 5, 5], [3, 3, 5, 17], [1, 1], [1, 1]),
  layer([2, 9, 8, 4], [3, 3, 4, 24], [2, 2], [1, 1]),
  layer([1, 13, 11, 1], [7, 7, 1, 9], [2, 2], [3, 3]),
  layer([2, 8, 8, 6], [1, 1, 6, 10], [2, 2]),
  layer([2, 6, 5, 3], [2, 3, 3, 5], [3, 2], [1, 0]),
  layer([1, 6, 7, 2], [3, 1, 2, 3], [1, 3], [2, 2]),
  layer([2, 5, 5, 12], [3, 3, 3, 20], [1, 1], [1, 1], 4),
  layer([2, 5, 6, 8], [3, 3, 1, 8], [2, 1], [1, 1], 8),
  layer([2, 4, 4, 64], [3, 3, 32, 34], [1, 1], [1, 1], 2),
  layer([7, 3, 3, 40], [3, 3, 40, 33], [1, 1], [1, 1]),
  layer([1, 40, 37, 24], [3, 3, 24, 16], [1, 1], [1, 1]),
  layer([1, 4, 4, 2], [3, 3, 2, 2], [4, 4], [1, 1]),
  // A stride as large as the picture: each phase of the input gradient has one row, a picture from the next.
  layer([80, 2, 2, 16], [3, 3, 16, 32], [2, 2], [1, 1]),
  layer([5, 2, 14, 26], [1, 7, 26, 1], [2, 3], [2, 1]),
  // A border wider than the filter, and a filter larger than the picture.
  layer([1, 3, 3, 2], [2, 2, 2, 3], [1, 1], [3, 3]),
  layer([2, 2, 2, 3], [5, 5, 3, 4], [1, 1], [2, 2]),
];

const winogradCases = [
  layer([1, 1, 1, 1], [3, 3, 1, 1], [1, 1], [1, 1]),
  layer([2, 5, 7, 3], [3, 3, 3, 4], [1, 1], [0, 0]),
  layer([3, 6, 6, 8], [3, 3, 8, 16], [1, 1], [1, 1]),
  layer([2, 7, 5, 5], [3, 3, 5, 17], [1, 1], [1, 1]),
  layer([2, 9, 4, 12], [3, 3, 12, 24], [1, 1], [2, 1]),
  layer([1, 4, 6, 9], [3, 3, 9, 7], [1, 1], [0, 2]),
  layer([7, 3, 3, 40], [3, 3, 40, 33], [1, 1], [1, 1]),
  layer([1, 40, 37, 24], [3, 3, 24, 16], [1, 1], [1, 1]),
  layer([13, 6, 6, 150], [3, 3, 150, 20], [1, 1], [1, 1]),
  layer([3, 6, 5, 70], [3, 3, 70, 140], [1, 1], [1, 1]),
];

function algorithmOf(one: Case, wanted: ConvolutionAlgorithm | 'auto'): ConvolutionAlgorithm {
  return convolutionAlgorithm(convolutionShape(one.x, one.filter, one), 'forward', wanted);
}

function tensor({ shape, values }: Doubles): tf.Tensor {
  return tf.tensor(new Float32Array(values), shape);
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  const outputs = tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap);
  return [outputs].flat()[0]!;
}

/** y with and without a bias, dx and dFilter. */
function everyDirection(one: Case): { expected: Doubles[]; actual: () => tf.Tensor[] } {
  const { stride, padding, groups } = one;
  const attributes = { stride, padding, groups };
  const x = someNumbers(one.x, 1);
  const filter = someNumbers(one.filter, 2);
  const bias = someNumbers([one.filter[3]!], 3);
  const dy = someNumbers(outputShape(one.x, one.filter, one), 4);
  const y = naiveConv2d(x, filter, one);
  const biased = y.values.map((value, i) => value + bias.values[i % bias.values.length]!);
  return {
    expected: [
      y,
      { shape: y.shape, values: biased },
      naiveInputGradient(dy, filter, one.x, one),
      naiveFilterGradient(x, dy, one.filter, one),
    ],
    actual: () => {
      const t = { x: tensor(x), filter: tensor(filter), bias: tensor(bias), dy: tensor(dy) };
      return [
        run('residual/conv2d', { x: t.x, filter: t.filter }, attributes),
        run('residual/conv2d', { x: t.x, filter: t.filter, bias: t.bias }, attributes),
        run(
          'residual/conv2dInputGradient',
          { dy: t.dy, filter: t.filter },
          { ...attributes, inputShape: one.x },
        ),
        run(
          'residual/conv2dFilterGradient',
          { x: t.x, dy: t.dy },
          { ...attributes, filterShape: one.filter },
        ),
      ];
    },
  };
}

describe('convolution', () => {
  it.each(cases)(
    '$x * $filter, stride $stride, padding $padding, $groups groups: right, and the same bits on 1 to 3 threads',
    async (one) => {
      const { expected, actual } = everyDirection(one);
      const values = await simdValues(actual, { convolution: 'direct' });
      for (const [i, value] of values.entries())
        expect(relativeError(value, expected[i]!)).toBeLessThan(1e-6);
    },
  );

  it.each(winogradCases)(
    '$x * $filter, padding $padding by Winograd: right, and the same bits on 1 to 3 threads',
    async (one) => {
      const { expected, actual } = everyDirection(one);
      for (const convolution of ['winograd3', 'winograd4'] as const) {
        expect(algorithmOf(one, convolution)).toBe(convolution);
        const values = await simdValues(actual, { convolution });
        for (const [i, value] of values.entries()) {
          expect(relativeDistance(value, expected[i]!.values), `${convolution} ${i}`).toBeLessThan(2e-6);
          expect(relativeError(value, expected[i]!), `${convolution} ${i}`).toBeLessThan(2e-5);
        }
      }
    },
  );

  it('takes Winograd where it is faster: a function of the shape', () => {
    const chosen = (one: Case) => algorithmOf(one, 'auto');
    expect(chosen(layer([128, 24, 24, 64], [3, 3, 64, 64], [1, 1], [1, 1]))).toBe('winograd4');
    expect(chosen(layer([128, 3, 3, 512], [3, 3, 512, 512], [1, 1], [1, 1]))).toBe('winograd3');
    // A single small picture: transforming the filter would cost more than it saves.
    expect(chosen(layer([1, 3, 3, 512], [3, 3, 512, 512], [1, 1], [1, 1]))).toBe('direct');
    expect(chosen(layer([128, 28, 28, 1], [3, 3, 1, 16], [1, 1], [1, 1]))).toBe('direct');
    expect(chosen(layer([128, 24, 24, 64], [3, 3, 64, 128], [2, 2], [1, 1]))).toBe('direct');
    expect(chosen(layer([128, 24, 24, 64], [3, 3, 2, 64], [1, 1], [1, 1], 32))).toBe('direct');
  });

  it.each(cases)(
    '$x * $filter, stride $stride: the same bits from tiles of 8 and 16 columns',
    async (one) => {
      const { actual } = everyDirection(one);
      for (const convolution of ['direct', 'winograd3', 'winograd4'] as const) {
        const results: string[] = [];
        for (const tileWidth of [8, 16] as const) {
          const backend = await createBackend({ threads: 1, tileWidth, convolution });
          tf.engine().registry.simd = backend;
          expect(await tf.setBackend('simd')).toBe(true);
          results.push(
            tf.tidy(() => actual().map((t) => Buffer.from(t.dataSync().buffer).toString('hex'))).join(),
          );
          backend.dispose();
        }
        expect(results[1], convolution).toBe(results[0]);
      }
    },
  );

  it("serves tfjs's own convolutions, and leaves to tfjs what it does not know", async () => {
    const x = someNumbers([2, 7, 6, 3], 1);
    const filter = someNumbers([3, 2, 3, 5], 2);
    const all = () =>
      (
        [
          ['same', 'NHWC', 1],
          ['valid', 'NHWC', 1],
          ['same', 'NHWC', 2],
        ] as const
      ).flatMap(([pad, format, dilation]) => {
        const [y, ...gradients] = (() => {
          const convolve = (a: tf.Tensor, b: tf.Tensor) =>
            tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, dilation === 1 ? 2 : 1, pad, format, dilation);
          const a = tensor(x);
          const b = tensor(filter);
          return [convolve(a, b), ...(dilation === 1 ? tf.grads(convolve)([a, b]) : [])];
        })();
        return [y!, ...gradients];
      });
    const expected = await referenceValues(all);
    const actual = await simdValues(all);
    expect(actual.length).toBe(expected.length);
    for (const [i, value] of actual.entries()) {
      const reference = { shape: [], values: new Float64Array(expected[i]!) };
      expect(relativeError(value, reference)).toBeLessThan(1e-6);
    }
  });
});
