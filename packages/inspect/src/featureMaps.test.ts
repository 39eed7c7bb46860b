import { dispose, init, ReLU, Sequential } from '@residual/blocks';
import { models } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onBackends } from '../test/backends.js';
import { pooledNetwork, tinyPictures, tinyResNet } from '../test/networks.js';
import { featureMaps, featurePaths } from './index.js';

onBackends('featureMaps', () => {
  it('gives each channel of each picture its own range', async () => {
    const model = pooledNetwork();
    const x = tf.tensor4d([0, 1, 2, 3, 4, 5, 7, 7, 7, 7, 7, 7], [2, 2, 3, 1]);
    const before = tf.memory().numTensors;
    const [first, second] = await featureMaps(model, x, '0');
    expect(tf.memory().numTensors).toBe(before);
    expect(first).toEqual({
      count: 2,
      height: 2,
      width: 3,
      channels: 1,
      data: Uint8Array.of(0, 51, 102, 153, 204, 255, 255, 204, 153, 102, 51, 0), // x, then -2x
      minimum: Float32Array.of(0, -10),
      maximum: Float32Array.of(5, 0),
    });
    expect(second).toMatchObject({
      data: new Uint8Array(12), // of a single value
      minimum: Float32Array.of(7, -14),
      maximum: Float32Array.of(7, -14),
    });
    x.dispose();
    dispose(model);
  });

  it('are of the shape that featurePaths tells, at every path of it', async () => {
    const model = tinyResNet();
    const x = tinyPictures();
    const paths = featurePaths(model, x.shape);
    const before = tf.memory().numTensors;
    for (const { path, height, width, channels } of paths) {
      const maps = await featureMaps(model, x, path);
      expect(maps).toHaveLength(2);
      for (const { data, ...facts } of maps) {
        expect(facts).toMatchObject({ count: channels, height, width, channels: 1 });
        expect(data.length).toBe(channels * height * width);
        expect(Math.max(...data)).toBe(255);
      }
    }
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
    dispose(model);
  });

  it('refuses a path that gives no pictures, or runs twice, and keeps no tensor', async () => {
    const model = tinyResNet();
    const x = tinyPictures();
    const same = new ReLU();
    const twice = new Sequential<tf.Tensor4D>(new Sequential(same), same);
    const before = tf.memory().numTensors;
    await expect(featureMaps(model, x, 'head.linear')).rejects.toMatchObject({
      code: 'PATH',
      message: expect.stringContaining('features: path: expected a module that runs once'),
    });
    await expect(featureMaps(twice, x, '0.0')).rejects.toThrow('received "0.0", one that runs 2 times.');
    // x has two channels, which is one too many.
    const other = pooledNetwork();
    await expect(featureMaps(other, x, '0')).rejects.toMatchObject({ code: 'SHAPE' });
    dispose(other);
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
    dispose(model);
  });
});

onBackends('featurePaths', () => {
  it('are stem, stages and blocks of a ResNet, with their shapes, at no cost', () => {
    const model = init(models.resnet20.create(), [1, 28, 28, 1], { seed: 0 });
    const before = tf.memory().numTensors;
    const paths = featurePaths(model, [1, 28, 28, 1]);
    expect(tf.memory().numTensors).toBe(before);
    expect(paths.map(({ path }) => path).join(' ')).toBe(
      'stem stages.0.0 stages.0.1 stages.0.2 stages.0 stages.1.0 stages.1.1 stages.1.2 stages.1 ' +
        'stages.2.0 stages.2.1 stages.2.2 stages.2',
    );
    expect(paths[5]).toEqual({ path: 'stages.1.0', name: 'BasicBlock', height: 14, width: 14, channels: 32 });
    dispose(model);
  });
});
