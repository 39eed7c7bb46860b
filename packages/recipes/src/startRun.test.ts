import '@tensorflow/tfjs-backend-cpu';
import { dispose } from '@residual/blocks';
import { fashionMnist } from '@residual/fashion-mnist';
import { latestCheckpoint, memoryStorage, type TrainEvent } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Recipe } from './recipe.js';
import { recipes } from './recipes.js';
import { resumeRun, startRecipe } from './startRun.js';

/** The quick recipe on pictures so small that tfjs's cpu backend can train on them. */
const tiny: Recipe = { ...recipes.quick, inputSize: [4, 4] };

describe('startRecipe', () => {
  it('trains on the first pictures, from a config that JSON can hold', async () => {
    const split = await fashionMnist();
    const before = tf.memory().numTensors;
    const { model, config, data, events } = await startRecipe(tiny, {
      split,
      overrides: { limit: 6, batchSize: 4, epochs: 1, learningRate: 0.1, seed: 7 },
    });
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
    expect(config).toMatchObject({
      limit: 6,
      recipe: { batchSize: 4, epochs: 1, seed: 7, model: 'resnet20' },
    });
    expect(data.train.dataset.images).toEqual(split.train.images.subarray(0, 6 * 784));
    expect(data.validation.dataset.length).toBe(6);
    const seen: TrainEvent[] = [];
    for await (const event of events) seen.push(event);
    expect(seen[0]).toMatchObject({ type: 'start', parameters: 272_186, totalSteps: 2, trainExamples: 6 });
    expect(seen.at(-1)).toMatchObject({ type: 'end', reason: 'completed', step: 2 });
    dispose(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('resumes from the config in the checkpoint', async () => {
    const split = await fashionMnist();
    const storage = memoryStorage();
    const overrides = { limit: 6, batchSize: 4, epochs: 2 };
    const first = await startRecipe(tiny, { split, overrides, checkpoints: { storage } });
    for await (const event of first.events) if (event.type === 'checkpoint') break;
    const { config, events } = await resumeRun({ split, checkpoints: { storage } });
    expect(config).toEqual(first.config);
    for await (const event of events) {
      if (event.type === 'start') expect(event.resumedAt).toEqual({ step: 2, epoch: 2, batch: 0 });
    }
    expect((await latestCheckpoint(storage))?.history.length).toBe(2);
  });

  it('says when there is nothing to resume', async () => {
    const storage = memoryStorage();
    await expect(resumeRun({ checkpoints: { storage } })).rejects.toMatchObject({
      code: 'RESUME',
      message: 'resume: expected a checkpoint to go on from, received none. Start a new run.',
    });
  });

  it('refuses other pictures than the checkpoint was trained on', async () => {
    const split = await fashionMnist();
    const storage = memoryStorage();
    const overrides = { limit: 4, batchSize: 4, epochs: 1 };
    const { events } = await startRecipe(tiny, { split, overrides, checkpoints: { storage } });
    for await (const event of events) if (event.type === 'checkpoint') break;
    const swapped = { train: split.test, test: split.train };
    const { events: resumed } = await resumeRun({ split: swapped, checkpoints: { storage } });
    await expect(resumed.next()).rejects.toMatchObject({
      code: 'MISMATCH',
      message: expect.stringMatching(/data\.firstBatch "\w+" \(of fashion-mnist\/train\), received/),
    });
  });
});
