import { dispose, features, init, models } from '@residual/models';
import { batchFree, batchNormInference, conv2d } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  BATCH_FREE_IMAGES,
  type ConvolutionAlgorithm,
  convolutionAlgorithm,
} from '../src/convolution/algorithm.js';
import { convolutionShape } from '../src/convolution/shape.js';
import { expectBatchFree } from './batchFreeModels.js';
import { drawn, referenceValues, relativeError, simdValues } from './support.js';

/** How a 3x3 convolution is computed. */
function algorithmOf(
  images: number,
  size: number,
  channels: number,
  asked: { batchFree?: boolean } = {},
): ConvolutionAlgorithm {
  const x = [images, size, size, channels];
  const filter = [3, 3, channels, channels];
  const shape = convolutionShape(x, filter, { stride: [1, 1], padding: [1, 1], groups: 1, ...asked });
  return convolutionAlgorithm(shape, 'forward');
}

describe('the algorithm of a convolution that is free of the batch', () => {
  it.each([
    [3, 512],
    [6, 256],
    [12, 128],
    [24, 64],
    [12, 13],
  ])('is one for any batch: a side of %i, %i channels', (size, channels) => {
    const expected = algorithmOf(BATCH_FREE_IMAGES, size, channels);
    for (const images of [1, 2, 8, 33, 500]) {
      expect(algorithmOf(images, size, channels, { batchFree: true })).toBe(expected);
    }
  });

  it('is otherwise the fastest for the batch', () => {
    expect([1, 128].map((images) => algorithmOf(images, 3, 512))).toEqual(['direct', 'winograd3']);
  });
});

it('a sum that underflows has the sign that it has in any tile', async () => {
  // 8 positions: one tile of 6 rows, and 2 rows of another.
  const [y] = await simdValues(() => {
    const x = tf.fill([1, 2, 4, 16], 1e-30) as tf.Tensor4D;
    return [conv2d(x, tf.fill([1, 1, 16, 16], -1e-30) as tf.Tensor4D)];
  });
  for (const value of y!) expect(value).toBe(y![0]);
});

it.each([
  [2, 3, 3, 7],
  [1, 3, 3, 66],
  [3, 1, 1, 3],
])(
  'normalisation free of the batch is right, with and without an addend: [%i, %i, %i, %i]',
  async (...shape) => {
    const run = () => {
      const channels = (purpose: string) => tf.abs(drawn<tf.Tensor1D>(purpose, [shape[3]!]));
      const [scale, variance] = [channels('scale'), channels('variance')];
      const [offset, mean] = [
        drawn<tf.Tensor1D>('offset', [shape[3]!]),
        drawn<tf.Tensor1D>('mean', [shape[3]!]),
      ];
      const x = drawn('x', shape);
      const options = { scale, offset, mean, variance };
      return batchFree(() => [
        batchNormInference(x, options),
        batchNormInference(x, { ...options, addend: drawn('addend', shape), activation: 'relu' }),
      ]);
    };
    const expected = await referenceValues(run);
    const actual = await simdValues(run);
    for (const [i, values] of actual.entries())
      expect(relativeError(values, expected[i]!)).toBeLessThan(1e-6);
  },
);

describe('logits free of the batch are the same bits in any', () => {
  it.each(['d2l-resnet18', 'resnet20'] as const)('%s', async (name) => {
    await expectBatchFree(name, [
      [28, 28],
      [35, 45],
    ]);
  });
});

it('features that are free of the batch are the same bits alone and among others', async () => {
  const [alone, among] = await simdValues(() => {
    const model = init(models['d2l-resnet18'].create(), [1, 32, 32, 1], { seed: 0 });
    const x = drawn<tf.Tensor4D>('x', [33, 32, 32, 1]);
    const last = (pictures: tf.Tensor4D) => features(model, pictures, 'stages.3', { batchFree: true });
    const found = [last(tf.slice(x, [32, 0, 0, 0])), tf.slice(last(x), [32, 0, 0, 0])];
    dispose(model);
    return found;
  });
  expect(alone).toEqual(among);
});
