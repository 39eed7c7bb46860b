import '@tensorflow/tfjs-backend-cpu';
import { dispose } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { eventsOf, tinyData, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { TrainingData } from '../data.js';
import { sgd } from '../step/descent.js';
import { memoryStorage } from '../storage/storage.js';

describe('a run that goes wrong', () => {
  it('stops at the first bad step, names the layer, and keeps the last good checkpoint', async () => {
    const storage = memoryStorage();
    const model = tinyModel();
    const optimizer = sgd({ learningRate: 1e30 });
    const run = eventsOf(
      tinyRun({
        model,
        optimizer,
        gradientClipNorm: 0,
        logEvery: 5,
        checkpoints: { storage, everySteps: 1 },
      }),
    );
    await expect(run).rejects.toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringMatching(
        /^step (\d) \(epoch 1, batch \1\): expected a finite loss and finite gradients, received NaN or an infinite value, first in the output of linear\. Lower the learning rate \(it was .*\), or set gradientClipNorm/,
      ),
    });
    const { step, model: values } = (await latestCheckpoint(storage))!;
    const message = await run.then(String, String);
    const failedAt = Number(/step (\d)/.exec(message)![1]);
    expect(step).toBe(failedAt - 1);
    for (const { data } of values.values()) expect(data.every(Number.isFinite)).toBe(true);
  });

  /** Pictures as they are, but for one batch of NaN. */
  const spoiledAt = (epoch: number, index: number): TrainingData => {
    const data = tinyData();
    const images = [...data.train.epoch(epoch - 1, index - 1)][0]!.images;
    return {
      ...data,
      prepare: (pictures) => {
        const x = data.prepare(pictures);
        const isBad = tf.util.arraysEqual([...pictures.images], [...images]);
        return isBad ? tf.mul(x, Number.NaN) : x;
      },
    };
  };

  it('names the input when the pictures are bad, however late it is read', async () => {
    const run = eventsOf(tinyRun({ data: spoiledAt(2, 3), logEvery: 1000, gradientClipNorm: 0 }));
    await expect(run).rejects.toThrow(/^step 9 \(epoch 2, batch 3\): .* first in the network's input\./);
  });

  it('names the loss when a label is no class', async () => {
    const data = tinyData();
    const labels = data.train.dataset.labels;
    labels[5] = 7;
    const run = eventsOf(tinyRun({ data }));
    await expect(run).rejects.toThrow(
      /^step \d \(epoch 1, .* first in the loss \(is each label one of the classes\?\)/,
    );
  });

  it('does not take a validation loss that is not finite into its history', async () => {
    const data = tinyData();
    data.validation.dataset.labels[0] = 9;
    await expect(eventsOf(tinyRun({ data }))).rejects.toThrow(
      /^validation after epoch 1: expected a finite loss, received NaN/,
    );
  });

  it('frees all it made, and moves no weight after the bad step', async () => {
    const before = tf.memory().numTensors;
    const options = tinyRun({ data: spoiledAt(1, 2), averageDecay: undefined, logEvery: 2 });
    await expect(eventsOf(options)).rejects.toMatchObject({ code: 'NON_FINITE' });
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names a parameter that the loss does not depend on', async () => {
    const model = tinyModel();
    vi.spyOn(model.conv, 'forward').mockImplementation((x) => tf.zeros([x.shape[0], 1, 1, 4]));
    await expect(eventsOf(tinyRun({ model }))).rejects.toMatchObject({
      code: 'MISMATCH',
      message: expect.stringMatching(/^conv.weight: expected a parameter that the loss depends on/),
    });
  });
});
