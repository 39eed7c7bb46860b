import '@tensorflow/tfjs-backend-cpu';
import { layerSummary } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isModelName, models } from './registry.js';

beforeAll(() => tf.setBackend('cpu'));

describe('models', () => {
  it.each(Object.values(models))('$name has $parameters parameters', (description) => {
    const before = tf.memory().numTensors;
    const { create, inputShape, numClasses, parameters } = description;
    const summary = layerSummary(create(), [1, ...inputShape]);
    expect(summary.parameters).toBe(parameters);
    expect(summary.layers.at(-1)?.outputShape).toEqual([1, numClasses]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are found by the names of a command line', () => {
    expect(isModelName('d2l-resnet18')).toBe(true);
    expect(isModelName('toString')).toBe(false);
  });
});
