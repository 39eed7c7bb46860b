import { configureSimd } from '@residual/backend-simd';
import { dispose, stateDict } from '@residual/blocks';
import { fashionMnist } from '@residual/fashion-mnist';
import { type CheckpointStorage, memoryStorage, type TrainEvent } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { recipes } from './recipes.js';
import { type Run, resumeRun, startRecipe } from './startRun.js';

const split = await fashionMnist();

beforeAll(async () => {
  configureSimd({ threads: 1 }); // threads wait for each other, which takes long beside other tests
  expect(await tf.setBackend('simd')).toBe(true);
});

const start = (storage: CheckpointStorage) =>
  startRecipe(
    { ...recipes.quick, inputSize: [14, 14] },
    {
      split,
      overrides: { limit: 24, batchSize: 8, epochs: 2 },
      checkpoints: { storage, everySteps: 1 },
    },
  );

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
  const resumed = await follow(await resumeRun({ split, checkpoints: { storage } }));
  expect(resumed.start).toMatchObject({ resumedAt: { step: 4, epoch: 2, batch: 1 } });
  expect(resumed.end).toEqual(first.end);
  expect(resumed.weights).toEqual(first.weights);
  expect((await follow(await start(memoryStorage()))).weights).toEqual(first.weights);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
});
