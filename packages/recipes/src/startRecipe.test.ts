import { configureSimd } from '@residual/backend-simd';
import { dispose, stateDict } from '@residual/blocks';
import { fashionMnist, fashionMnistTask } from '@residual/fashion-mnist';
import { type Recipe, type Run, resumeRun } from '@residual/runs';
import { type CheckpointStorage, memoryStorage, type TrainEvent } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { recipes } from './recipes.js';
import { startRecipe } from './startRecipe.js';

const data = { ...(await fashionMnist()), task: fashionMnistTask };
/** The quick recipe on smaller pictures. */
const small: Recipe = { ...recipes.quick, resize: [14, 14] };

beforeAll(async () => {
  configureSimd({ threads: 1 }); // threads wait for each other, which takes long beside other tests
  expect(await tf.setBackend('simd')).toBe(true);
});

const start = (storage: CheckpointStorage) =>
  startRecipe(small, {
    data,
    overrides: { limit: 24, batchSize: 8, epochs: 2 },
    checkpoints: { storage, everySteps: 1 },
  });

/** Runs to the end, or to a checkpoint; gives the weights, and the events that clocks have no part in. */
async function follow({ model, events }: Run, stopAt?: number) {
  const seen: TrainEvent[] = [];
  for await (const event of events) {
    if (event.type === 'start' || event.type === 'end') seen.push(event);
    if (event.type === 'checkpoint' && event.step === stopAt) break;
  }
  const weights = await Promise.all([...stateDict(model).values()].map((value) => value.data()));
  dispose(model);
  return { start: seen[0], end: seen[1], weights };
}

it('the quick recipe has the same bits on simd when it is run again and when it is killed and resumed', async () => {
  const before = tf.memory();
  const first = await follow(await start(memoryStorage()));
  expect(first.start).toMatchObject({ backend: 'simd', referenceOps: [] });
  const storage = memoryStorage();
  await follow(await start(storage), 4);
  const resumed = await follow(await resumeRun({ data, checkpoints: { storage } }));
  expect(resumed.start).toMatchObject({ resumedAt: { step: 4, epoch: 2, batch: 1 } });
  expect(resumed.end).toEqual(first.end);
  expect(resumed.weights).toEqual(first.weights);
  expect((await follow(await start(memoryStorage()))).weights).toEqual(first.weights);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
});

it('takes the first pictures, and Fashion-MNIST where none are given', async () => {
  const run = await startRecipe(small, { overrides: { limit: 6, seed: 7, holdOut: 0 } });
  expect(run.config.training).toMatchObject({ limit: 6, seed: 7, recipe: 'quick' });
  expect(run.data.train.dataset).toMatchObject({ images: data.train.images.subarray(0, 6 * 784), length: 6 });
  expect(run.data.inputShape).toEqual([14, 14, 1]);
  dispose(run.model);
});

it('refuses overrides that make no sense before it reads anything', async () => {
  await expect(startRecipe(recipes.quick, { overrides: { epochs: 0 } })).rejects.toMatchObject({
    code: 'OPTION',
  });
});
