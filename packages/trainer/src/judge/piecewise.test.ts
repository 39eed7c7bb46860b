import '@tensorflow/tfjs-backend-cpu';
import { dispose, predict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { tinyData, tinyModel } from '../../test/tiny.js';
import { piecewise } from './piecewise.js';

const model = tinyModel();
afterAll(() => dispose(model));

it('gives the mean of the logits of pieces that lie one above the other, and leaves nothing else behind', async () => {
  const { validation, prepare } = tinyData();
  const [batch] = validation!.epoch(0);
  const x = prepare(batch!);
  const [batchSize, height, width, channels] = x.shape;
  const pieces = [x, tf.reverse(x, 2), tf.zerosLike(x)];
  const stacked = tf.reshape(tf.stack(pieces, 1), [batchSize, 3 * height, width, channels]) as tf.Tensor4D;
  const before = tf.memory().numTensors;
  const logits = predict(piecewise(model, 3), stacked);
  expect(tf.memory().numTensors).toBe(before + 1);
  const expected = tf.mean(tf.stack(pieces.map((piece) => predict(model, piece))), 0);
  expect(tf.max(tf.abs(tf.sub(logits, expected))).dataSync()[0]).toBeLessThan(1e-6);
  expect(tf.max(tf.abs(tf.sub(logits, predict(model, x)))).dataSync()[0]).toBeGreaterThan(1e-3);
});
