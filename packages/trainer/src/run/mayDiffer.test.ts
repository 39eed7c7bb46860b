import '@tensorflow/tfjs-backend-cpu';
import { dispose } from '@residual/blocks';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import type { EndEvent, TrainEvent } from '../events.js';
import type { MayDiffer, TrainOptions } from '../options.js';
import { constantRate } from '../schedule/steps.js';
import { sgd } from '../step/descent.js';
import { type CheckpointStorage, memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';

const optimizer = sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
const changed: Partial<TrainOptions> = {
  optimizer,
  schedule: constantRate(),
  maxEpochs: 4,
  config: { epochs: 4 },
};
const mayDiffer: MayDiffer[] = ['optimizer.learningRate', 'learningRates', 'config.epochs'];

/** Trains from the latest checkpoint, if any, to the end or to a step's checkpoint. */
async function follow(storage: CheckpointStorage, options: Partial<TrainOptions>, stopAt?: number) {
  const model = tinyModel();
  const events: TrainEvent[] = [];
  try {
    const resume = await latestCheckpoint(storage);
    const checkpoints = { storage, everySteps: 1 };
    for await (const event of train(tinyRun({ model, resume, checkpoints, ...options }))) {
      events.push(event);
      if (event.type === 'checkpoint' && event.step === stopAt) break;
    }
    return events;
  } finally {
    dispose(model);
  }
}

describe('a resume with other settings, where they may differ', () => {
  const storage = memoryStorage();
  beforeAll(() => follow(storage, { config: { epochs: 3 } }, 8));

  it('is refused where nothing may, and for what is not named', async () => {
    await expect(follow(storage, changed)).rejects.toMatchObject({ code: 'MISMATCH' });
    const other = { ...changed, optimizer: { ...optimizer, momentum: 0.5 }, mayDiffer };
    await expect(follow(storage, other)).rejects.toThrow(
      'written with: optimizer.momentum 0.9, received optimizer.momentum 0.5. ',
    );
  });

  it('is refused for settings with which a run would be another one', async () => {
    const options = { ...changed, mayDiffer: ['optimizer', 'config', 'learningRates'] as never };
    await expect(follow(storage, options)).rejects.toThrow(
      'written with: optimizer.learningRate 0.2, config.epochs 3, received',
    );
  });

  it('goes on with more epochs, another rate and schedule; its checkpoints are then those of such a run', async () => {
    const events = await follow(storage, { ...changed, mayDiffer });
    expect(events[0]).toMatchObject({ type: 'start', totalSteps: 24, resumedAt: { step: 8 } });
    const end = events.at(-1) as EndEvent;
    expect(end.history.map(({ learningRate }) => learningRate).slice(1)).toEqual([0.02, 0.02, 0.02]);
    expect((await follow(storage, changed)).at(-1)).toEqual(end);
  });
});
