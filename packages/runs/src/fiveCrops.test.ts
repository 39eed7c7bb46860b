import '../test/onSimd.js';
import { GlobalAveragePool, init, Linear, predict, Sequential } from '@residual/blocks';
import type { Task } from '@residual/data';
import { centerCrop, color, fiveCrop, preparePicture, resizeShortSide, stretch } from '@residual/pictures';
import type { Classifier } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { classify } from './classify.js';
import { fiveCrops } from './fiveCrops.js';

const size = { height: 4, width: 4 };
const task: Task = {
  version: 1,
  picture: { ...size, channels: 3 },
  steps: [color(), resizeShortSide({ size: 5 }), centerCrop(size)],
  normalize: null,
  classNames: ['dark', 'light'],
  data: { name: 'lamps' },
};
const layers = new Sequential(new GlobalAveragePool(), new Linear(2));
const model = init(layers, [4, 4, 4, 3], { seed: 1 }) as unknown as Classifier;
const photo = { data: Uint8Array.from({ length: 7 * 12 }, (_, i) => (i * 61) % 256), height: 7, width: 12 };

it('answers by the mean of the logits for the corners and the middle', async () => {
  const crops = fiveCrops(model, task);
  const bytes = preparePicture(photo, crops.task);
  expect(bytes).toEqual(
    preparePicture(photo, {
      ...task,
      picture: { height: 20, width: 4, channels: 3 },
      steps: [...task.steps.slice(0, 2), fiveCrop(size)],
    }),
  );
  const logits = predict(model, tf.div(tf.tensor4d(Float32Array.from(bytes), [5, 4, 4, 3]), 255));
  const expected = tf.softmax(tf.mean(logits, 0)).dataSync();
  for (const { className, probability } of await classify(crops.model, photo, crops.task)) {
    expect(probability).toBeCloseTo(expected[task.classNames.indexOf(className)]!, 6);
  }
});

it('refuses a task that cuts nothing off', () => {
  const steps = [color(), stretch(size)];
  expect(() => fiveCrops(model, { ...task, steps })).toThrow(
    /^crops: expected a task whose steps end with centerCrop, .*, received stretch\. /,
  );
});
