import '../test/onSimd.js';
import { dispose } from '@residual/blocks';
import { pictureDataset } from '@residual/data';
import { defineLoss, latestCheckpoint, memoryStorage } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { CLASSES, stripes, task, tiny } from '../test/tiny.js';
import { parseRunConfig } from './config.js';
import { configure, type Overrides } from './configure.js';
import { lossOptions } from './lossOptions.js';
import { startRun } from './run.js';

/** Thirteen classes, of which the first has 14 pictures and every other one. */
const uneven = () => {
  const labels = Uint8Array.from({ length: 26 }, (_, i) => Math.max(0, i - 13));
  const { train } = stripes(26);
  return pictureDataset({ ...train, labels });
};
const optionsFor = (overrides: Overrides) =>
  lossOptions(configure(tiny, task, overrides).training, uneven(), 'config');

describe('the loss of a configuration', () => {
  it('is the default with its smoothing, unless something else is asked for', () => {
    expect(optionsFor({})).toEqual({ labelSmoothing: 0.1 });
    expect(optionsFor({ labelSmoothing: 0 })).toEqual({ labelSmoothing: 0 });
    expect(configure(tiny, task, { focal: 2 }).training.loss).toEqual({
      name: 'focal',
      gamma: 2,
      labelSmoothing: 0.1,
    });
    expect(optionsFor({ focal: 2 }).loss).toBeTypeOf('function');
  });

  it('adjusts logits from the prior that training sees to the one of answers', () => {
    const adjusted = optionsFor({ balance: 'loss' }).logitAdjustment!;
    expect(adjusted).toHaveLength(CLASSES);
    expect(adjusted[0]).toBeCloseTo(Math.log(14 / 26), 12);
    expect(adjusted[1]).toBeCloseTo(Math.log(1 / 26), 12);
    expect(optionsFor({ balance: 'sampler', prior: 'data' }).logitAdjustment).toEqual(
      adjusted.map((value) => -value),
    );
    for (const overrides of [{ balance: 'sampler' }, { prior: 'data' }] as const) {
      expect(optionsFor(overrides)).not.toHaveProperty('logitAdjustment');
    }
  });

  it('refuses a class without pictures where classes are counted, and only there', () => {
    const limited = { limit: CLASSES - 1 };
    expect(optionsFor(limited)).toEqual({ labelSmoothing: 0.1 });
    for (const overrides of [{ balance: 'loss' }, { classWeights: 'balanced' }] as const) {
      expect(() => optionsFor({ ...limited, ...overrides })).toThrow(
        expect.objectContaining({ code: 'DATA', received: `none of "kind ${CLASSES - 1}"` }),
      );
    }
  });

  it('takes one of the user as it is', () => {
    const loss = defineLoss({ name: 'runs-own', version: 1, loss: (logits) => tf.mean(logits) });
    const { training } = configure(tiny, task);
    const own = { ...training, loss: { name: 'runs-own', version: 1 } };
    expect(lossOptions(own, uneven(), 'config')).toEqual({ loss });
    const recipe = { ...tiny, training: own };
    expect(() => configure(recipe, task, { labelSmoothing: 0.1 })).toThrow(
      'labelSmoothing: expected a loss of this library, received "runs-own". Leave it out',
    );
  });

  it.each<[Overrides, string]>([
    [
      { balance: 'loss', prior: 'data' },
      'expected uniform, to which that loss leads, received data. Take --balance none',
    ],
    [
      { prior: 'uniform' },
      'expected data, of which a run without balance tells, received uniform. Take --balance loss',
    ],
    [{ mixup: 0 }, 'mixup: expected a number above 0, received 0.'],
    [{ mixup: 0.2, cutmix: 1 }, 'cutmix: expected none beside mixup, received 1. Leave one of them out.'],
    [{ labelSmoothing: 1 }, 'labelSmoothing: expected a number of at least 0 and below 1, received 1.'],
    [{ focal: Number.NaN }, 'focal: expected a number of at least 0, received NaN.'],
    [{ classWeights: [1, 0] }, 'classWeights: expected a number above 0, received 0.'],
  ])('refuses %j', (overrides, message) => {
    expect(() => configure(tiny, task, overrides)).toThrow(message);
    expect(() => configure(tiny, task, overrides)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});

it('a run mixes, weighs and balances, says so in its checkpoint, and reads back', async () => {
  const storage = memoryStorage();
  const overrides = { epochs: 1, classWeights: 'balanced', balance: 'loss', mixup: 0.4 } as const;
  const config = configure(tiny, task, overrides);
  const before = tf.memory().numTensors;
  const { model, events } = await startRun(config, { data: stripes(), checkpoints: { storage } });
  for await (const event of events) if (event.type === 'start') expect(event.referenceOps).toEqual([]);
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);
  const checkpoint = (await latestCheckpoint(storage))!;
  expect(parseRunConfig(checkpoint.config, 'checkpoint')).toEqual(config);
  expect(checkpoint.facts).toMatchObject({
    mix: { name: 'mixup', alpha: 0.4, seed: 0 },
    loss: expect.stringContaining('classWeights'),
    logitAdjustment: new Array(CLASSES).fill(Math.log(1 / CLASSES)),
  });
});
