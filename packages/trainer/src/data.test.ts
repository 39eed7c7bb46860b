import '@tensorflow/tfjs-backend-cpu';
import type { Augmentation } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinySplit } from '../test/tiny.js';
import { pictureData, pictureInput } from './data.js';

describe('pictureInput', () => {
  it('gives x / 255 as it is, or normalised', async () => {
    const pictures = { images: Uint8Array.of(0, 51, 102, 255), shape: [1, 2, 2, 1] };
    const plain = pictureInput()(pictures);
    expect(plain.shape).toEqual([1, 2, 2, 1]);
    expect(plain.dtype).toBe('float32');
    expect(await plain.data()).toEqual(Float32Array.of(0, 0.2, 0.4, 1));
    const normalized = pictureInput({ normalize: { mean: [0.2], standardDeviation: [0.5] } })(pictures);
    const values = await normalized.data();
    [-0.4, 0, 0.4, 1.6].forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 6);
    });
  });

  it('resizes, and keeps nothing but the result', () => {
    const before = tf.memory().numTensors;
    const x = pictureInput({ resize: [5, 3] })({ images: new Uint8Array(2 * 4 * 4), shape: [2, 4, 4, 1] });
    expect(x.shape).toEqual([2, 5, 3, 1]);
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('pictureData', () => {
  it('shuffles and augments what is trained on, and leaves validation as it is', () => {
    const split = tinySplit();
    const augment: Augmentation[] = [(picture) => ({ ...picture, data: picture.data.map(() => 9) })];
    const data = pictureData(split, { batchSize: 10, augment, seed: 5 });
    const [first] = data.train.epoch(0);
    expect(first?.images.every((value) => value === 9)).toBe(true);
    expect([...(first?.indices ?? [])]).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [validation] = data.validation.epoch(0);
    expect(validation?.images).toEqual(split.test.images.subarray(0, 10 * 36));
    expect(data.train.batchesPerEpoch).toBe(5); // 42 pictures: the last batch has 2
  });

  it('orders by the seed', () => {
    const order = (seed: number) => {
      const [batch] = pictureData(tinySplit(), { batchSize: 42, seed }).train.epoch(0);
      return [...(batch?.indices ?? [])];
    };
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it('tells the shape that the network sees', () => {
    expect(pictureData(tinySplit(), { batchSize: 1 }).inputShape).toEqual([6, 6, 1]);
    expect(pictureData(tinySplit(), { batchSize: 1, resize: [96, 64] }).inputShape).toEqual([96, 64, 1]);
  });
});
