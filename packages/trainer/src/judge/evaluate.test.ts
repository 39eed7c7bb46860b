import '@tensorflow/tfjs-backend-cpu';
import { PictureLoader } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyModel, tinySplit } from '../../test/tiny.js';
import { evaluate } from './evaluate.js';
import { predictions } from './predictions.js';

const { prepare } = tinyData();
const { test } = tinySplit();
const inBatches = (batchSize: number) => new PictureLoader(test, { batchSize });

describe('evaluate', () => {
  it('weights by example: batches of 8, 8 and 2 come to the same as one of 18', async () => {
    const model = tinyModel({ seed: 1 });
    const whole = await evaluate(model, inBatches(18), prepare);
    const parts = await evaluate(model, inBatches(8), prepare);
    expect(parts.loss).toBeCloseTo(whole.loss, 6);
    expect(parts.accuracy).toBe(whole.accuracy);
    expect(parts.count).toBe(18);
  });

  it('is the mean cross-entropy and the share of right answers', async () => {
    const model = tinyModel({ seed: 1 });
    const logits = model.forward(prepare({ images: test.images, shape: [18, 6, 6, 1] }), 'eval');
    const rows = (await logits.array()) as number[][];
    const losses = rows.map((row, i) => {
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      return Math.log(sum) - row[test.labels[i]!]!;
    });
    const right = rows.filter((row, i) => row.indexOf(Math.max(...row)) === test.labels[i]).length;
    const { loss, accuracy } = await evaluate(model, inBatches(7), prepare);
    expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 18, 5);
    expect(accuracy).toBe(right / 18);
  });

  it('moves no running statistic and keeps no tensor, also with many batches', async () => {
    const model = tinyModel();
    const source = new PictureLoader(tinySplit().train, { batchSize: 2 });
    const mean = await model.bn.runningMean.value.array();
    const before = tf.memory().numTensors;
    await evaluate(model, { ...source, dataset: source.dataset, epoch: () => repeat(source, 4) }, prepare); // 84 batches
    expect(tf.memory().numTensors).toBe(before);
    expect(await model.bn.runningMean.value.array()).toEqual(mean);
  });

  it('takes what a run is given, and judges by its validation part', async () => {
    const model = tinyModel({ seed: 1 });
    const data = tinyData();
    const given = await evaluate(model, data.validation, data.prepare);
    expect(await evaluate(model, data)).toEqual(given);
    const aborted = { signal: AbortSignal.abort(new Error('enough')) };
    await expect(evaluate(model, data, aborted)).rejects.toThrow('enough');
    const { train } = data;
    await expect(evaluate(model, { train, prepare })).rejects.toThrow(
      'data.validation: expected pictures to judge by, received none. Give data with a validation part',
    );
    await expect(evaluate(model, train, undefined as never)).rejects.toThrow(
      'prepare: expected a function from bytes to the input of the network, received undefined.',
    );
  });

  it('asks a model to be free of the batch where told to, and predictions do unless told otherwise', async () => {
    const asked: unknown[] = [];
    const kernel = tf.getKernel('residual/conv2d', 'cpu')!; // registered by the tests before
    const { kernelFunc } = kernel;
    kernel.kernelFunc = (params) => {
      asked.push(params.attrs?.batchFree);
      return kernelFunc(params);
    };
    try {
      const model = tinyModel({ seed: 1 });
      const data = tinyData();
      await evaluate(model, data, { batchFree: true });
      await evaluate(model, data);
      await predictions(model, data);
      await predictions(model, data, { batchFree: false });
    } finally {
      kernel.kernelFunc = kernelFunc;
    }
    const three = (value: unknown) => [value, value, value];
    expect(asked).toEqual([true, undefined, true, undefined].flatMap(three));
  });

  it('stops when its signal is aborted', async () => {
    const before = tf.memory().numTensors;
    const model = tinyModel();
    const mine = tf.memory().numTensors;
    const run = evaluate(model, inBatches(1), prepare, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(run).rejects.toThrow('enough');
    expect(mine).toBeGreaterThan(before);
    expect(tf.memory().numTensors).toBe(mine);
  });
});

function* repeat(source: PictureLoader, times: number) {
  for (let i = 0; i < times; i++) yield* source.epoch(0);
}
