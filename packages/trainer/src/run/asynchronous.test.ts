import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { asynchronousData } from '../../test/asynchronous.js';
import { eventsOf, tinyData, tinyModel, tinyRun } from '../../test/tiny.js';
import { decodeCheckpoint } from '../checkpoint/checkpoint.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { TrainingData } from '../data.js';
import { evaluate } from '../judge/evaluate.js';
import { predictions } from '../judge/predictions.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { valuesOf } from './snapshots.js';

/** All checkpoints of a run, its history and the weights that it ends with. */
async function outcomeOf(data: TrainingData, storage = memoryStorage()) {
  const model = tinyModel();
  const resume = await latestCheckpoint(storage);
  const checkpoints = { storage, everySteps: 4, keepLast: 100 };
  const events = await eventsOf(tinyRun({ model, data, maxEpochs: 2, checkpoints, resume }));
  const weights = await valuesOf(stateDict(model));
  dispose(model);
  const names = (await storage.list()).sort();
  const files = await Promise.all(
    names.map(async (name) => decodeCheckpoint(await storage.read(name), name)),
  );
  return { end: events.at(-1), weights, files };
}

describe('batches that come later', () => {
  it('give the history, the weights and the checkpoints of those that are there at once', async () => {
    const late = await outcomeOf(asynchronousData().data);
    expect(late.files.map(({ step }) => step)).toEqual([4, 6, 8, 12]);
    expect(late).toEqual(await outcomeOf(tinyData()));
  });

  it('go on in the middle of an epoch, to the same bits, also where they were there at once before', async () => {
    const whole = await outcomeOf(tinyData());
    for (const before of [tinyData(), asynchronousData().data]) {
      const storage = memoryStorage();
      const checkpoints = { storage, everySteps: 4, keepLast: 100 };
      for await (const event of train(tinyRun({ data: before, maxEpochs: 2, checkpoints }))) {
        if (event.type === 'checkpoint' && event.step === 8) break;
      }
      expect(await outcomeOf(asynchronousData().data, storage)).toEqual(whole);
    }
  });

  it.each(['start', 'step', 'epoch', 'end'])('are let go when the loop is left at %s', async (type) => {
    const { data, epochs } = asynchronousData();
    for await (const event of train(tinyRun({ data }))) if (event.type === type) break;
    expect(epochs.begun).toBeGreaterThan(0);
    expect(epochs.over).toBe(epochs.begun);
  });

  it('are let go when the run is aborted, or a step throws', async () => {
    const { data, epochs } = asynchronousData();
    const controller = new AbortController();
    const prepare: TrainingData['prepare'] = (pictures) => {
      if (epochs.begun === 3) controller.abort();
      return data.prepare(pictures);
    };
    const events = await eventsOf(tinyRun({ data: { ...data, prepare }, signal: controller.signal }));
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
    expect(epochs.over).toBe(epochs.begun);
    const failing = eventsOf(
      tinyRun({ data: { ...data, prepare: () => tf.fill([1, 1, 1, 1], Number.NaN) } }),
    );
    await expect(failing).rejects.toThrow();
    expect(epochs.over).toBe(epochs.begun);
  });

  it('are named in the step that went wrong, which has its batch again', async () => {
    const { data, epochs } = asynchronousData();
    let calls = 0;
    const spoiling: TrainingData['prepare'] = (pictures) => {
      const x = data.prepare(pictures);
      return ++calls > 3 ? tf.mul(x, Number.NaN) : x; // 1 warms up
    };
    const run = eventsOf(tinyRun({ data: { ...data, prepare: spoiling }, gradientClipNorm: 0 }));
    await expect(run).rejects.toThrow(/^step 3 \(epoch 1, batch 3\): .* first in the network's input\./);
    expect(epochs.over).toBe(epochs.begun);
  });

  it('are judged as those that are there at once', async () => {
    const model = tinyModel({ seed: 1 });
    const { validation, prepare } = tinyData();
    const { data } = asynchronousData();
    expect(await evaluate(model, data.validation, prepare)).toEqual(
      await evaluate(model, validation, prepare),
    );
    expect(await predictions(model, data.validation, prepare)).toEqual(
      await predictions(model, validation, prepare),
    );
  });

  it('are waited for in a time of its own', async () => {
    const events = await eventsOf(
      tinyRun({ data: asynchronousData({ milliseconds: 20 }).data, maxEpochs: 1 }),
    );
    const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
    for (const [i, batches] of [4, 2].entries()) {
      const { images, seconds, waitSeconds, imagesPerSecond } = steps[i]!;
      expect(waitSeconds).toBeGreaterThan(batches * 0.019);
      expect(imagesPerSecond).toBe(images / (seconds + waitSeconds));
    }
  });
});
