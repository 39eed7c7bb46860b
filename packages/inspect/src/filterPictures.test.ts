import { Conv2d, dispose, GlobalAveragePool, init, Linear, Sequential, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onBackends } from '../test/backends.js';
import { filterPictures } from './filterPictures.js';

/** Two convolutions of 1x2 with two filters each, whose weights are 0, 1, 2, ... */
function counted(channels: number) {
  const model = new Sequential<tf.Tensor4D, tf.Tensor2D>(
    new Conv2d(2, [1, 2]),
    new Conv2d(2, [1, 2]),
    new GlobalAveragePool(),
    new Linear(3),
  );
  init(model, [1, 3, 4, channels], { seed: 0 });
  for (const variable of stateDict(model).values()) {
    tf.tidy(() => variable.assign(tf.reshape(tf.range(0, variable.size), variable.shape)));
  }
  return model;
}

onBackends('filterPictures', () => {
  it('draws the first convolution, in grey for one channel', async () => {
    const model = counted(1);
    const before = tf.memory().numTensors;
    // [1, 2, 1, 2]: filter 0 has the weights 0 and 2, filter 1 has 1 and 3.
    expect(await filterPictures(model)).toEqual({
      count: 2,
      height: 1,
      width: 2,
      channels: 1,
      data: Uint8Array.of(0, 255, 0, 255),
      minimum: Float32Array.of(0, 1),
      maximum: Float32Array.of(2, 3),
    });
    expect(tf.memory().numTensors).toBe(before);
    dispose(model);
  });

  it('draws in colour for three channels', async () => {
    const model = counted(3);
    // [1, 2, 3, 2]: filter 0 has 0, 2, 4 for red, green, blue of its first pixel, then 6, 8, 10.
    expect(await filterPictures(model, '0')).toEqual({
      count: 2,
      height: 1,
      width: 2,
      channels: 3,
      data: Uint8Array.of(0, 51, 102, 153, 204, 255, 0, 51, 102, 153, 204, 255),
      minimum: Float32Array.of(0, 1),
      maximum: Float32Array.of(10, 11),
    });
    dispose(model);
  });

  it('draws one picture a channel otherwise, filter by filter', async () => {
    const model = counted(1);
    // [1, 2, 2, 2]: weight (column, input, filter) is 4 column + 2 input + filter.
    expect(await filterPictures(model, '1')).toMatchObject({
      count: 4,
      channels: 1,
      minimum: Float32Array.of(0, 2, 1, 3),
      maximum: Float32Array.of(4, 6, 5, 7),
    });
    dispose(model);
  });

  it('refuses what is no convolution', async () => {
    const model = counted(1);
    await expect(filterPictures(model, '3')).rejects.toMatchObject({
      code: 'PATH',
      message: 'filterPictures: path: expected a convolution of the model, received "3". There are 0, 1.',
      where: 'filterPictures: path',
      expected: 'a convolution of the model',
      received: '"3"',
      fix: 'There are 0, 1.',
    });
    dispose(model);
    const none = init(new Sequential(new Linear(2)), [1, 3], { seed: 0 });
    await expect(filterPictures(none)).rejects.toThrow(
      'received a model without one. Look at a model that has one.',
    );
    dispose(none);
  });
});
