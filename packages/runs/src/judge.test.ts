import '../test/onSimd.js';
import { dispose } from '@residual/blocks';
import { datasetSource } from '@residual/data';
import { wilsonInterval } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure } from './configure.js';
import { judge } from './judge.js';
import { newModel } from './network.js';

it('judges by any pictures, with the interval of its count, whatever the batch', async () => {
  const before = tf.memory().numTensors;
  const model = newModel({ task, model: tiny.training.model }, 1);
  const { test } = stripes(26, 39);
  const judged = await judge(model, test, configure(tiny, task, { batchSize: 39 }));
  const inSevens = await judge(model, datasetSource(test), configure(tiny, task, { batchSize: 7 }));
  expect(inSevens).toEqual(judged);
  expect(judged.count).toBe(39);
  expect(judged.balancedAccuracy).toBeCloseTo(judged.accuracy, 12); // of each class as many
  expect(judged.interval).toEqual(wilsonInterval(Math.round(judged.accuracy * 39), 39));
  const stopped = judge(model, test, configure(tiny, task), {
    signal: AbortSignal.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);
});
