import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { SimdBackend } from '../src/index.js';
import { outputShape, someNumbers } from '../src/testing/naive.js';
import { simdValues, type Values } from './support.js';

// The bits of a training run must outlive a faster kernel: a recorded run is checked by computing it again. These are sums over
// the bits of y, dx and dFilter. If one changes, so does `CONVOLUTIONS_VERSION` of src/plan.ts.
const recorded = [
  // 1x1: x packed, and on several threads the last slices of its channels cut in pieces.
  {
    x: [24, 9, 9, 128],
    filter: [1, 1, 128, 64],
    stride: 1,
    padding: 0,
    bits: ['e0634522', 'ff0798ab', '57f97ad6'],
  },
  {
    x: [5, 9, 7, 70],
    filter: [1, 1, 70, 75],
    stride: 2,
    padding: 0,
    bits: ['219aeb95', '5af7b0a8', 'a649fddd'],
  },
  {
    x: [2, 21, 19, 3],
    filter: [7, 7, 3, 40],
    stride: 2,
    padding: 3,
    bits: ['da600907', 'd4b1c3f5', '4e930c28'],
  },
  // By Winograd, in squares of 4x4 and of 3x3.
  {
    x: [9, 14, 13, 20],
    filter: [3, 3, 20, 33],
    stride: 1,
    padding: 1,
    bits: ['6e13b374', '5fd3d3c4', '00e11ab6'],
  },
  {
    x: [40, 6, 5, 33],
    filter: [3, 3, 33, 20],
    stride: 1,
    padding: 1,
    bits: ['234acd72', '91d18fb2', 'cf5112aa'],
  },
];

it.each(recorded)('$x * $filter, stride $stride: the bits that recorded runs have', async (one) => {
  const attributes = { stride: [one.stride, one.stride], padding: [one.padding, one.padding], groups: 1 };
  const values = await simdValues(() => {
    const [x, filter] = [numbers(one.x, 1), numbers(one.filter, 2)];
    const dy = numbers(outputShape(one.x, one.filter, attributes as never), 3);
    return [
      run('residual/conv2d', { x, filter }, attributes),
      run('residual/conv2dInputGradient', { dy, filter }, { ...attributes, inputShape: one.x }),
      run('residual/conv2dFilterGradient', { x, dy }, { ...attributes, filterShape: one.filter }),
    ];
  });
  if (isFused()) expect(values.map(sumOfBits)).toEqual(one.bits);
});

/** Whether this engine rounds a multiplication and an addition once, as those that recorded the bits do. */
function isFused(): boolean {
  return (tf.backend() as SimdBackend).arithmetic.multiplyAdd?.startsWith('fused') === true;
}

function numbers(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(new Float32Array(someNumbers(shape, seed).values), shape);
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return [tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap)].flat()[0]!;
}

/** FNV-1a, 32 bits, word by word. */
function sumOfBits({ buffer, byteOffset, length }: Values): string {
  let sum = 2166136261;
  for (const word of new Int32Array(buffer, byteOffset, length)) sum = Math.imul(sum ^ word, 16777619);
  return (sum >>> 0).toString(16).padStart(8, '0');
}
