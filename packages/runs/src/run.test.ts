import '../test/onSimd.js';
import { dispose, stateDict } from '@residual/blocks';
import { datasetSource } from '@residual/data';
import { memoryStorage, type TrainEvent } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure } from './configure.js';
import { type Run, resumeRun, startRun } from './run.js';
import type { StagesEvent } from './stages.js';

const config = configure(tiny, task);

/** Runs to the end, or to a checkpoint; gives the last event and the weights. */
async function follow({ model, events }: Run, stopAt?: number) {
  const seen: (TrainEvent | StagesEvent)[] = [];
  for await (const event of events) {
    if (event.type === 'start' || event.type === 'end') seen.push(event);
    if (event.type === 'checkpoint' && event.step === stopAt) break;
  }
  const weights = await Promise.all([...stateDict(model).values()].map((value) => value.data()));
  dispose(model);
  return { start: seen[0], end: seen.at(-1), weights };
}

describe('a run', () => {
  it('trains colour pictures of any size and class count, from a config that JSON can hold', async () => {
    const data = stripes();
    const before = tf.memory().numTensors;
    const short = configure(tiny, task, { limit: 6, batchSize: 4, epochs: 1, seed: 7 });
    expect(JSON.parse(JSON.stringify(short))).toEqual(short);
    const run = await startRun(short, { data });
    expect(run.config).toBe(short);
    expect(run.data.inputShape).toEqual([10, 6, 3]);
    expect(run.data.validation?.dataset.length).toBe(6);
    const seen: (TrainEvent | StagesEvent)[] = [];
    for await (const event of run.events) seen.push(event);
    expect(seen[0]).toMatchObject({ type: 'start', totalSteps: 2, trainExamples: 6, validationExamples: 6 });
    expect(seen.at(-1)).toMatchObject({ type: 'end', reason: 'completed', step: 2 });
    dispose(run.model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has the same bits when it is stopped inside an epoch and resumed', async () => {
    const data = stripes();
    const whole = await follow(await startRun(config, { data }));
    const storage = memoryStorage();
    await follow(await startRun(config, { data, checkpoints: { storage, everySteps: 1 } }), 2);
    const resumed = await follow(await resumeRun({ data, checkpoints: { storage } }));
    expect(resumed.start).toMatchObject({ resumedAt: { step: 2, epoch: 1, batch: 2 } });
    expect(resumed.end).toEqual(whole.end);
    expect(resumed.weights).toEqual(whole.weights);
  });

  it('has the same bits from pictures that are read when they are needed, resumed inside an epoch too', async () => {
    const { train, test } = stripes();
    const whole = await follow(await startRun(config, { data: { train, test } }));
    const data = { train: datasetSource(train), test: datasetSource(test) };
    expect(await follow(await startRun(config, { data }))).toEqual(whole);
    const storage = memoryStorage();
    await follow(await startRun(config, { data, checkpoints: { storage, everySteps: 1 } }), 3);
    const resumed = await follow(
      await resumeRun({ config, data: { train, test }, checkpoints: { storage } }),
    );
    expect(resumed.end).toEqual(whole.end);
    expect(resumed.weights).toEqual(whole.weights);
  });
});

describe('resumeRun', () => {
  const data = stripes();

  it('says so when there is nothing to resume, and begins anew where it knows the run', async () => {
    const checkpoints = { storage: memoryStorage() };
    await expect(resumeRun({ data, checkpoints })).rejects.toThrow(
      'resume: expected a checkpoint to go on from, received none. Start a new run.',
    );
    const run = await resumeRun({ config, data, checkpoints });
    expect((await run.events.next()).value).not.toHaveProperty('resumedAt');
    await run.events.return();
    dispose(run.model);
  });

  it('refuses checkpoints of another run than it is known to be', async () => {
    const checkpoints = { storage: memoryStorage(), everySteps: 1 };
    await follow(await startRun(config, { data, checkpoints }), 1);
    const other = configure(tiny, task, { seed: 1 });
    const run = await resumeRun({ config: other, data, checkpoints });
    await expect(run.events.next()).rejects.toMatchObject({ code: 'MISMATCH' });
    dispose(run.model);
  });
});

describe('what does not belong together', () => {
  it('is refused before anything starts', async () => {
    const before = tf.memory().numTensors;
    const data = stripes();
    const train = { ...data.train, classNames: data.train.classNames.map((name) => name.toUpperCase()) };
    await expect(startRun(config, { data: { ...data, train } })).rejects.toMatchObject({
      code: 'DATA',
      message:
        'stripes/train: classNames: expected the class "kind 0" at position 0, as the task says, received "KIND 0". ' +
        'Use the pictures that the task was made for.',
    });
    const missing = { ...config, training: { ...config.training, model: { name: 'mine', version: 3 } } };
    await expect(startRun(missing, { data })).rejects.toMatchObject({
      code: 'MISSING_PIECE',
      message:
        'config: training.model: expected a model that is defined, received "mine" of version 3, which nothing has defined. ' +
        'Import the file that defines it with defineModel of @residual/models: at a terminal by --import FILE.',
    });
    const blurred = { ...config, task: { ...task, steps: [...task.steps, { name: 'blur' }] } };
    await expect(startRun(blurred, { data })).rejects.toMatchObject({ code: 'MISSING_PIECE' });
    expect(tf.memory().numTensors).toBe(before);
  });
});
