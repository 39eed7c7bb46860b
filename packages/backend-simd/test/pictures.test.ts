import { pictureToFloat, resizeBilinear } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { referenceValues, simdValues } from './support.js';

type Shape = [number, number, number, number];

function pictures(shape: Shape): tf.Tensor4D {
  const bytes = uniforms({ seed: 1, purpose: 'pictures' }, tf.util.sizeFromShape(shape), { max: 256 });
  return tf.tensor4d(Int32Array.from(bytes), shape, 'int32');
}

describe('resizeBilinear', () => {
  it.each<[Shape, [number, number]]>([
    [
      [3, 28, 28, 1],
      [96, 96],
    ],
    [
      [2, 7, 5, 3],
      [11, 4],
    ],
    [
      [1, 40, 30, 1],
      [7, 9],
    ],
    [
      [4, 5, 6, 5],
      [5, 13],
    ], // the height stays
    [
      [1, 6, 5, 3],
      [3, 5],
    ], // the width stays
    [
      [1, 1, 1, 1],
      [3, 2],
    ],
    [
      [2, 3, 3, 4],
      [1, 1],
    ],
  ])('gives the bytes of the reference: %j to %j', async (shape, size) => {
    const run = () => [resizeBilinear(pictures(shape), size)];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });
});

describe('pictureToFloat', () => {
  it.each<Shape>([
    [1, 1, 1, 1],
    [2, 5, 7, 1],
    [1, 3, 3, 3],
    [3, 2, 3, 5],
    [2, 3, 5, 4],
  ])('gives the bits of the reference: [%i, %i, %i, %i]', async (...shape) => {
    const channels = Array.from({ length: shape[3] }, (_, c) => c + 1);
    const options = {
      mean: channels.map((c) => 0.1 * c),
      standardDeviation: channels.map((c) => 1 / (c + 2)),
    };
    const run = () => [pictureToFloat(pictures(shape), options)];
    expect(await simdValues(run)).toEqual(await referenceValues(run));
  });
});
