import '@tensorflow/tfjs-backend-cpu';
import { dispose, predict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyData, tinyModel } from '../../test/tiny.js';
import { mirrored } from './mirrored.js';
import { predictions } from './predictions.js';

const model = tinyModel();
afterAll(() => dispose(model));

/** The first pictures of validation. */
async function firstPictures() {
  const { validation, prepare } = tinyData();
  for await (const batch of validation!.epoch(0)) return prepare(batch);
  throw new Error('no pictures');
}

describe('mirrored', () => {
  it('gives the mean of the logits of both pictures, and leaves nothing else behind', async () => {
    const x = await firstPictures();
    const before = tf.memory().numTensors;
    const logits = predict(mirrored(model), x);
    expect(tf.memory().numTensors).toBe(before + 1);
    const flipped = tf.reverse(x, 2);
    const expected = tf.div(tf.add(predict(model, x), predict(model, flipped)), 2);
    expect(Array.from(logits.dataSync())).toEqual(Array.from(expected.dataSync()));
    expect(Array.from(logits.dataSync())).not.toEqual(Array.from(predict(model, x).dataSync()));
    const ofFlipped = predict(mirrored(model), flipped); // a + b is b + a
    expect(Array.from(ofFlipped.dataSync())).toEqual(Array.from(logits.dataSync()));
  });

  it('is judged as any model is', async () => {
    const { count } = await predictions(mirrored(model), tinyData());
    expect(count).toBe(tinyData().validation!.dataset.length);
  });
});
