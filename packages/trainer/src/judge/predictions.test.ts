import '@tensorflow/tfjs-backend-cpu';
import { Module } from '@residual/blocks';
import { PictureLoader } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyModel, tinySplit } from '../../test/tiny.js';
import { evaluate } from './evaluate.js';
import { confusionMatrix, predictions, worstMistakes } from './predictions.js';

const { prepare } = tinyData();
const { test } = tinySplit();
const inBatches = (batchSize: number) => new PictureLoader(test, { batchSize });

/** A network that gives these logits whatever it is shown. */
class Fixed extends Module<tf.Tensor4D, tf.Tensor2D> {
  readonly rows: number[][];

  constructor(rows: number[][]) {
    super();
    this.rows = rows;
  }

  forward(): tf.Tensor2D {
    return tf.tensor2d(this.rows);
  }
}

/** One batch of pictures of one byte, the labels in this order. */
function labelled(labels: number[]) {
  const size = labels.length;
  const batch = {
    images: new Uint8Array(size),
    labels: Int32Array.from(labels),
    size,
    shape: [size, 1, 1, 1] as [number, number, number, number],
    indices: Uint32Array.from(labels, (_, i) => 10 * i),
    epoch: 0,
    index: 0,
  };
  return {
    dataset: { name: 'labels', length: size },
    batchSize: size,
    batchesPerEpoch: 1,
    epoch: () => [batch],
  };
}

describe('predictions', () => {
  it('takes what a run is given, as evaluate does', async () => {
    const model = tinyModel({ seed: 1 });
    const data = tinyData();
    const given = await predictions(model, data.validation, data.prepare);
    expect(await predictions(model, data)).toEqual(given);
    expect(await confusionMatrix(model, data)).toEqual(given.confusionMatrix);
  });

  it('are softmax, argmax and cross-entropy of the logits', async () => {
    const logits = [Math.log(1), Math.log(2), Math.log(5)];
    const { examples, confusionMatrix, ...summary } = await predictions(
      new Fixed([logits, logits, [900, 900, -900]]),
      labelled([2, 0, 1]),
      prepare,
    );
    const close = (value: number) => expect.closeTo(value, 6);
    expect(examples).toEqual([
      { index: 0, label: 2, predicted: 2, rank: 0, probability: close(5 / 8), loss: close(Math.log(8 / 5)) },
      { index: 10, label: 0, predicted: 2, rank: 2, probability: close(5 / 8), loss: close(Math.log(8)) },
      { index: 20, label: 1, predicted: 0, rank: 1, probability: close(1 / 2), loss: close(Math.log(2)) },
    ]);
    expect(confusionMatrix).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 0, 1],
    ]);
    expect(summary).toEqual({ count: 3, accuracy: 1 / 3, loss: close(Math.log((8 / 5) * 8 * 2) / 3) });
  });

  it('agree with evaluate, whatever the batches, and keep no tensor', async () => {
    const model = tinyModel({ seed: 1 });
    const expected = await evaluate(model, inBatches(18), prepare);
    const before = tf.memory().numTensors;
    const { examples, confusionMatrix, loss, accuracy, count } = await predictions(
      model,
      inBatches(7),
      prepare,
    );
    expect(tf.memory().numTensors).toBe(before);
    expect({ accuracy, count }).toEqual({ accuracy: expected.accuracy, count: 18 });
    expect(loss).toBeCloseTo(expected.loss, 6);
    expect(examples.map(({ index, label }) => [index, label])).toEqual(
      Array.from(test.labels, (label, i) => [i, label]),
    );
    expect(confusionMatrix.map((row) => row.reduce((a, b) => a + b))).toEqual([6, 6, 6]);
    expect(confusionMatrix.reduce((sum, row, i) => sum + row[i]!, 0)).toBe(accuracy * 18);
  });

  it('name the examples of a shuffled source by their index in the dataset', async () => {
    const shuffled = new PictureLoader(test, { batchSize: 5, shuffle: { seed: 4 } });
    const { examples } = await predictions(tinyModel({ seed: 1 }), shuffled, prepare);
    const order = examples.map(({ index }) => index);
    expect(order).not.toEqual(Array.from(order.keys()));
    const inOrder = await predictions(tinyModel({ seed: 1 }), inBatches(5), prepare);
    expect([...examples].sort((a, b) => a.index - b.index)).toEqual(inOrder.examples);
  });

  it('refuse labels that the model knows nothing of, and keep no tensor', async () => {
    const classNames = [...test.classNames, 'another'];
    const labels = test.labels.map((label) => (label === 0 ? 3 : label));
    const source = new PictureLoader({ ...test, labels, classNames }, { batchSize: 8 });
    const model = tinyModel();
    const before = tf.memory().numTensors;
    await expect(predictions(model, source, prepare)).rejects.toMatchObject({
      code: 'MISMATCH',
      message:
        'predictions: label of example 0: expected class numbers below 3, which the model gives, received 3. ' +
        'Use the model with the data that it was made for.',
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuse a logit that is %f', async (logit) => {
    const run = predictions(new Fixed([[0, logit, 0]]), labelled([0]), prepare);
    await expect(run).rejects.toMatchObject({ code: 'NON_FINITE' });
    await expect(run).rejects.toThrow(
      `predictions: logits of example 0: expected finite numbers, received [0, ${logit}, 0]`,
    );
  });

  it('stop when their signal is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(predictions(tinyModel(), inBatches(1), prepare, { signal })).rejects.toThrow('enough');
  });
});

describe('confusionMatrix', () => {
  it('has the classes in its rows and the answers in its columns', async () => {
    const rows = [
      [1, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
    ];
    expect(await confusionMatrix(new Fixed(rows), labelled([0, 1, 1]), prepare)).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [0, 0, 0],
    ]);
  });
});

describe('worstMistakes', () => {
  it('are the wrong ones, the largest loss first', () => {
    const example = (index: number, predicted: number, loss: number) => ({
      index,
      label: 1,
      predicted,
      rank: predicted === 1 ? 0 : 1,
      probability: 0.5,
      loss,
    });
    const examples = [example(0, 0, 1), example(1, 1, 9), example(2, 2, 3), example(3, 0, 2)];
    expect(worstMistakes(examples, 2).map(({ index }) => index)).toEqual([2, 3]);
    expect(worstMistakes(examples, 10).map(({ index }) => index)).toEqual([2, 3, 0]);
    expect(examples.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });
});
