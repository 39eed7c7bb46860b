import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configureSimd } from '../index.js';
import {
  type Doubles,
  naiveConv2d,
  naiveFilterGradient,
  naiveInputGradient,
  outputShape,
  relativeError,
  someNumbers,
} from '../testing/naive.js';
import type { ConvolutionAttributes } from './shape.js';

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
  // A border wider than the filter, and a filter larger than the picture.
  layer([1, 3, 3, 2], [2, 2, 2, 3], [1, 1], [3, 3]),
  layer([2, 2, 2, 3], [5, 5, 3, 4], [1, 1], [2, 2]),
];

function tensor({ shape, values }: Doubles): tf.Tensor {
  return tf.tensor(new Float32Array(values), shape);
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): Float32Array {
  const [output] = tf
    .engine()
    .runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as unknown as tf.Tensor[];
  return output!.dataSync() as Float32Array;
}

describe.each([1, 3])('convolution on %i threads', (threads) => {
  beforeAll(async () => {
    configureSimd({ threads, poisonFreedMemory: true });
    expect(await tf.setBackend('simd')).toBe(true);
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    tf.engine().startScope();
  });
  afterAll(() => tf.engine().reset());

  it.each(cases)('$x * $filter, stride $stride, padding $padding, $groups groups', (one) => {
    const { stride, padding, groups } = one;
    const attributes = { stride, padding, groups };
    const x = someNumbers(one.x, 1);
    const filter = someNumbers(one.filter, 2);
    const bias = someNumbers([one.filter[3]!], 3);
    const dy = someNumbers(outputShape(one.x, one.filter, one), 4);

    const y = naiveConv2d(x, filter, one);
    expect(
      relativeError(run('residual/conv2d', { x: tensor(x), filter: tensor(filter) }, attributes), y),
    ).toBeLessThan(1e-6);

    y.values.forEach((value, i) => {
      y.values[i] = value + bias.values[i % bias.values.length]!;
    });
    const inputs = { x: tensor(x), filter: tensor(filter), bias: tensor(bias) };
    expect(relativeError(run('residual/conv2d', inputs, attributes), y)).toBeLessThan(1e-6);

    const dx = naiveInputGradient(dy, filter, one.x, one);
    const dxInputs = { dy: tensor(dy), filter: tensor(filter) };
    expect(
      relativeError(run('residual/conv2dInputGradient', dxInputs, { ...attributes, inputShape: one.x }), dx),
    ).toBeLessThan(1e-6);

    const dFilter = naiveFilterGradient(x, dy, one.filter, one);
    const dFilterInputs = { x: tensor(x), dy: tensor(dy) };
    expect(
      relativeError(
        run('residual/conv2dFilterGradient', dFilterInputs, { ...attributes, filterShape: one.filter }),
        dFilter,
      ),
    ).toBeLessThan(1e-6);
  });
});
