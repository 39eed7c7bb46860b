import '@tensorflow/tfjs-backend-cpu';
import { layerSummary } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { familyModels } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

it.each(Object.values(familyModels))('$name has $parameters parameters', (description) => {
  const before = tf.memory().numTensors;
  const { create, inputShape, numClasses, parameters } = description;
  const summary = layerSummary(create(), [1, ...inputShape]);
  expect(summary.parameters).toBe(parameters);
  expect(summary.layers.at(-1)?.outputShape).toEqual([1, numClasses]);
  expect(tf.memory().numTensors).toBe(before);
});

it.each(Object.values(familyModels))('$name takes 40x56 pictures in grey, of 13 classes', ({ create }) => {
  const { layers } = layerSummary(create({ numClasses: 13 }), [2, 40, 56, 1]);
  expect(layers.at(-1)?.outputShape).toEqual([2, 13]);
});
