import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import { describe, expect, it } from 'vitest';
import { tinyModel, tinyRun } from '../test/tiny.js';
import { latestCheckpoint } from './checkpoints.js';
import type { TrainEvent } from './events.js';
import type { TrainOptions } from './options.js';
import { type CheckpointStorage, memoryStorage } from './storage.js';
import { train } from './train.js';
import { valuesOf } from './valuesOf.js';

/** Without what the clock says. */
function timeless(event: TrainEvent): object {
  const { seconds, imagesPerSecond, validationSeconds, ...rest } = { ...event } as Record<string, unknown>;
  return rest;
}

/** Trains a fresh model from the latest checkpoint; `stopAt` stands for kill -9 at that event. */
async function trainOnce(
  storage: CheckpointStorage,
  options: Partial<TrainOptions>,
  stopAt?: (event: TrainEvent) => boolean,
) {
  const model = tinyModel();
  const resume = await latestCheckpoint(storage);
  const events: object[] = [];
  for await (const event of train(
    tinyRun({ model, resume, ...options, checkpoints: { storage, ...options.checkpoints } }),
  )) {
    events.push(timeless(event));
    if (stopAt?.(event)) break;
  }
  const weights = await valuesOf(stateDict(model));
  dispose(model);
  return { events, weights };
}

describe('a run that is killed and resumed', () => {
  it('has the history and the weights of one that was not, wherever it was killed', async () => {
    const whole = await trainOnce(memoryStorage(), {});
    const end = whole.events.at(-1);
    expect(end).toMatchObject({ type: 'end', step: 18 });
    for (const killAt of [1, 4, 5, 6, 7, 11, 12, 17]) {
      const storage = memoryStorage();
      const checkpoints = { storage, everySteps: 1 };
      await trainOnce(
        storage,
        { checkpoints, logEvery: 4 },
        (event) => event.type === 'checkpoint' && event.step === killAt,
      );
      const resumed = await trainOnce(storage, {});
      expect(resumed.events[0]).toMatchObject({ type: 'start', resumedAt: { step: killAt } });
      expect(resumed.events.at(-1)).toEqual(end);
      expect(resumed.weights).toEqual(whole.weights);
      const steps = (run: typeof whole) =>
        run.events.filter((event) => 'type' in event && event.type === 'step');
      expect(steps(resumed)).toEqual(steps(whole).slice(-steps(resumed).length));
    }
  });
});
