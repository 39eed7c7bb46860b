import '@tensorflow/tfjs-backend-cpu';
import {
  BatchNorm2d,
  dispose,
  GlobalAveragePool,
  init,
  Linear,
  readStateDict,
  Sequential,
} from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { EndEvent } from '../events.js';
import { type Classifier, evaluate } from '../judge/evaluate.js';
import type { TrainOptions } from '../options.js';
import { constantRate } from '../schedule/steps.js';
import { type CheckpointStorage, memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';

const options: Partial<TrainOptions> = { maxEpochs: 5, swa: 0.6, schedule: constantRate() };

/** Trains from the latest checkpoint, if any; gives the values after each epoch, and in the end. */
async function follow(storage: CheckpointStorage, given: Partial<TrainOptions> = {}, stopAt?: number) {
  const model = tinyModel();
  const epochs = [];
  let end: EndEvent | undefined;
  const resume = await latestCheckpoint(storage);
  const checkpoints = { storage, everySteps: 1 };
  for await (const event of train(tinyRun({ model, resume, checkpoints, ...options, ...given }))) {
    if (event.type === 'epoch') epochs.push(await readStateDict(model));
    if (event.type === 'end') end = event;
    if (event.type === 'checkpoint' && event.step === stopAt) break;
  }
  const values = await readStateDict(model);
  const judged = await evaluate(model, tinyData());
  dispose(model);
  return { epochs, end, values, judged };
}

describe('swa', () => {
  it('ends with the mean of the weights after the last epochs, judged as it is, also beside an exponential average', async () => {
    const before = tf.memory().numTensors;
    for (const averageDecay of [undefined, 0.9]) {
      const { epochs, end, values, judged } = await follow(memoryStorage(), { averageDecay });
      expect(epochs).toHaveLength(5);
      for (const [path, { data }] of values) {
        if (path.startsWith('bn.running')) continue;
        data.forEach((value, i) => {
          const last = epochs.slice(2).map((epoch) => epoch.get(path)!.data[i]!);
          expect(value, path).toBeCloseTo((last[0]! + last[1]! + last[2]!) / 3, 5);
        });
      }
      const { loss: validationLoss, accuracy: validationAccuracy } = judged;
      expect(end!.swa).toEqual({ epochs: 3, validationLoss, validationAccuracy });
      expect(validationLoss).not.toBe(end!.history.at(-1)!.validationLoss);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is equal to the bit when the run is stopped among the epochs that count, or after the last', async () => {
    const whole = await follow(memoryStorage());
    const steps = whole.end!.step;
    for (const stopAt of [steps - 8, steps - 1, steps]) {
      const storage = memoryStorage();
      await follow(storage, {}, stopAt);
      const resumed = await follow(storage);
      expect(resumed.values, `stopped after step ${stopAt}`).toEqual(whole.values);
      expect(resumed.end).toEqual(whole.end);
    }
  });

  it('changes no bit of what comes before the end', async () => {
    const averaged = await follow(memoryStorage());
    const plain = await follow(memoryStorage(), { swa: undefined });
    expect(averaged.epochs).toEqual(plain.epochs);
    expect(averaged.end!.history).toEqual(plain.end!.history);
    expect(plain.end).not.toHaveProperty('swa');
  });

  it('begins anew in a run that is given more epochs, or fewer', async () => {
    const storage = memoryStorage();
    await follow(storage);
    const mayDiffer = ['learningRates'] as const;
    const longer = await follow(storage, { maxEpochs: 9, mayDiffer }); // the last 5, of which one is past
    expect(longer.end!.swa!.epochs).toBe(4);
    expect((await follow(storage, { maxEpochs: 9 })).values).toEqual(longer.values);
    expect((await follow(storage, { maxEpochs: 20, mayDiffer })).end!.swa!.epochs).toBe(11);
  });

  it('is none of a run that is aborted, and is refused as 0', async () => {
    const controller = new AbortController();
    controller.abort();
    const { end } = await follow(memoryStorage(), { signal: controller.signal });
    expect(end).toMatchObject({ reason: 'aborted' });
    expect(end).not.toHaveProperty('swa');
    expect(() => train(tinyRun({ ...options, swa: 0 }))).toThrow('swa: expected a number above 0');
  });

  it('computes the statistics of batch normalisation anew: the mean of those of all training batches', async () => {
    const norm = new BatchNorm2d();
    const model = init(new Sequential(norm, new GlobalAveragePool(), new Linear(3)), [2, 4, 4, 1], {
      seed: 0,
    });
    const { train: batches, prepare } = tinyData();
    const sums = { mean: 0, variance: 0, count: 0 };
    for await (const batch of batches.epoch(1)) {
      const x = prepare(batch);
      const values = Float64Array.from(x.dataSync());
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      sums.mean += mean;
      sums.variance += values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
      sums.count++;
      x.dispose();
    }
    for await (const event of train(tinyRun({ model: model as Classifier, maxEpochs: 2, swa: 0.5 }))) {
      if (event.type === 'end') expect(event.swa!.epochs).toBe(1);
    }
    expect(norm.runningMean.value.dataSync()[0]).toBeCloseTo(sums.mean / sums.count, 5);
    expect(norm.runningVariance.value.dataSync()[0]).toBeCloseTo(sums.variance / sums.count, 5);
    expect(norm.momentum).toBe(0.1);
    dispose(model);
  });
});
