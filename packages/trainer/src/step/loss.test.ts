import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import { softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { eventsOf, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { TrainOptions } from '../options.js';
import { valuesOf } from '../run/snapshots.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { defineLoss, findLoss, type Loss } from './loss.js';

/** The mean square of what each probability is off. */
const squared: Loss = (logits, labels) =>
  tf.losses.meanSquaredError(tf.oneHot(labels, logits.shape[1]), tf.softmax(logits));

async function outcomeOf(options: Partial<TrainOptions>) {
  const model = tinyModel();
  const end = (await eventsOf(tinyRun({ model, labelSmoothing: 0, ...options }))).at(-1);
  const weights = await valuesOf(stateDict(model));
  dispose(model);
  return { end, weights };
}

describe("a loss of one's own", () => {
  it('is what training makes small: cross-entropy given as one has the bits of the default', async () => {
    const loss: Loss = (logits, labels) => softmaxCrossEntropy(logits, labels);
    expect(await outcomeOf({ loss })).toEqual(await outcomeOf({}));
  });

  it('trains, is told by the steps, and leaves no tensor; validation tells the cross-entropy', async () => {
    const before = tf.memory().numTensors;
    const options = tinyRun({ loss: squared, labelSmoothing: 0, maxEpochs: 8 });
    const end = (await eventsOf(options)).at(-1);
    if (end?.type !== 'end') throw new Error('no end');
    const { trainLoss, validationLoss } = end.history.at(-1)!;
    expect(trainLoss).toBeLessThan(end.history[0]!.trainLoss * 0.6);
    expect(end.history[0]!.trainLoss).toBeLessThan(0.4); // 2/9 is chance
    expect(validationLoss).toBeGreaterThan(trainLoss);
    dispose(options.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has to be a scalar that depends on the parameters', async () => {
    const each = tinyRun({ labelSmoothing: 0, loss: (logits) => tf.sum(logits, 1) as unknown as tf.Scalar });
    await expect(train(each).next()).rejects.toThrow(
      /^loss: expected a scalar, the mean over the batch, received a tensor of shape \[2\]\. End it with tf\.mean/,
    );
  });
});

describe('defineLoss', () => {
  it('gives a loss a name, by which it is found and a run goes on with no other', async () => {
    const first = defineLoss({ name: 'squared', version: 1, loss: squared });
    const second = defineLoss({ name: 'squared', version: 2, loss: squared });
    expect(findLoss('squared', 1)).toBe(first);
    expect(findLoss('squared', 2)).toBe(second);
    expect(findLoss('squared', 3)).toBeUndefined();

    const storage = memoryStorage();
    await outcomeOf({ loss: first, maxEpochs: 1, checkpoints: { storage } });
    const resume = await latestCheckpoint(storage);
    await outcomeOf({ loss: first, maxEpochs: 1, resume });
    for (const [loss, received] of [
      [second, '"squared, version 2"'],
      [undefined, 'null'],
      [squared, '"one without a name"'],
    ] as const) {
      await expect(outcomeOf({ loss, maxEpochs: 1, resume })).rejects.toThrow(
        `loss "squared, version 1", received loss ${received}.`,
      );
    }
  });

  it('has each name and version once', () => {
    const same = { name: 'once', version: 1, loss: squared };
    expect(defineLoss(same)).toBe(defineLoss(same));
    expect(() => defineLoss({ ...same, loss: (logits) => tf.mean(logits) })).toThrow(
      /^defineLoss: expected each name and version once, received another once, version 1/,
    );
  });

  it('refuses the name of the one built in, and no version', () => {
    const message = 'defineLoss: name: expected a name of your own, received "softmaxCrossEntropy".';
    expect(() => defineLoss({ name: 'softmaxCrossEntropy', version: 1, loss: squared })).toThrow(message);
    expect(() => defineLoss({ name: 'a', version: 0, loss: squared })).toThrow(
      /version: expected an integer/,
    );
  });
});
