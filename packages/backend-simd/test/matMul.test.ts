import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type Doubles, naiveMatMul, relativeError, someNumbers } from '../src/testing/naive.js';
import { simdValues } from './support.js';

const SIZES: [rows: number, depth: number, columns: number][] = [
  [1, 1, 1],
  [2, 3, 5],
  [7, 17, 9],
  [6, 320, 16],
  [13, 641, 33],
  [128, 64, 10],
  [1, 100, 1],
];

/** The matrix as a tensor, its rows and columns swapped where the product swaps them back. */
function matrix({ shape, values }: Doubles, isTransposed: boolean): tf.Tensor2D {
  const tensor = tf.tensor2d(new Float32Array(values), shape as [number, number]);
  return isTransposed ? tf.transpose(tensor) : tensor;
}

describe('matMul', () => {
  it.each(SIZES)(
    '[%i, %i] times [.., %i], transposed or not, on 1 to 3 threads',
    async (rows, depth, columns) => {
      const a = someNumbers([rows, depth], 1);
      const b = someNumbers([depth, columns], 2);
      const expected = naiveMatMul(a, b);
      const ways = [false, true].flatMap((left) => [false, true].map((right) => [left, right] as const));
      const products = await simdValues(() =>
        ways.map(([left, right]) => tf.matMul(matrix(a, left), matrix(b, right), left, right)),
      );
      for (const product of products) expect(relativeError(product, expected)).toBeLessThan(1e-6);
    },
  );
});
