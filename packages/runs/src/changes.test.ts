import '../test/onSimd.js';
import { dispose } from '@residual/blocks';
import { type CheckpointStorage, type EndEvent, memoryStorage, type TrainEvent } from '@residual/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { type Changes, withChanges } from './changes.js';
import { configure } from './configure.js';
import { type Run, resumeRun, startRun } from './run.js';

const config = configure(tiny, task);
const data = stripes(); // 4 steps an epoch

async function follow({ model, events }: Run, stopAt?: number): Promise<TrainEvent[]> {
  const seen: TrainEvent[] = [];
  for await (const event of events) {
    if (event.type !== 'stages') seen.push(event);
    if (event.type === 'checkpoint' && event.step === stopAt) break;
  }
  dispose(model);
  return seen;
}

describe('withChanges', () => {
  it('changes what it is told to, and nothing else', () => {
    const changed = withChanges(config, {
      epochs: 5,
      learningRate: 0.01,
      schedule: 'cosine',
      warmup: 0.2,
      patience: 3,
    });
    expect(changed).toEqual({
      ...config,
      training: {
        ...config.training,
        epochs: 5,
        optimizer: { ...config.training.optimizer, learningRate: 0.01 },
        schedule: { name: 'cosine', warmup: 0.2, minimum: 0 },
        patience: 3,
      },
    });
    expect(withChanges(config, {})).toBe(config);
    expect(withChanges(config, { epochs: undefined })).toBe(config);
  });

  it.each<[Changes, string]>([
    [{ epochs: 0 }, 'changes: training.epochs: expected at least 1, received 0.'],
    [{ learningRate: Number.NaN }, 'changes: training.optimizer.learningRate: '],
    [{ warmup: 1 }, 'warmup: expected a number of at least 0 and below 1, received 1.'],
  ])('refuses %j', (changes, message) => {
    expect(() => withChanges(config, changes)).toThrow(message);
  });

  it('refuses a frozen trunk, whose head begins anew', () => {
    const frozen = { ...config, training: { ...config.training, stages: 'frozen', augment: [] } } as const;
    expect(() => withChanges(frozen, { epochs: 3 })).toThrow('changes: expected none with the stages frozen');
  });
});

describe('a run that goes on with changes', () => {
  let storage: CheckpointStorage;
  const goOn = async (changes: Changes) =>
    resumeRun({ config: withChanges(config, changes), data, checkpoints: { storage } });

  beforeAll(async () => {
    storage = memoryStorage();
    await follow(await startRun(config, { data, checkpoints: { storage, everySteps: 1 } }), 6);
  });

  it('does not end before where it is', async () => {
    await expect(goOn({ epochs: 1 })).rejects.toThrow(
      'training.epochs: expected at least 2, as checkpoint-000000006.safetensors is in epoch 2, received 1. ' +
        'Give more, or start a new run.',
    );
  });

  it('goes on to its new end at its new rate, and after that is a run like any other', async () => {
    const changes: Changes = { epochs: 3, learningRate: 0.01, schedule: 'constant' };
    const events = await follow(await goOn(changes));
    expect(events[0]).toMatchObject({ resumedAt: { step: 6 }, totalSteps: 12 });
    const { history } = events.at(-1) as EndEvent;
    expect(history.map(({ learningRate }) => learningRate)).toEqual([expect.any(Number), 0.01, 0.01]);
    // A run that is over goes on, too.
    const longer = await follow(await goOn({ ...changes, epochs: 4 }));
    expect(longer.at(-1)).toMatchObject({ reason: 'completed', step: 16 });
    expect((longer.at(-1) as EndEvent).history.slice(0, 3)).toEqual(history);
    const { config: recorded } = await resumeRun({ data, checkpoints: { storage } });
    expect(recorded.training.epochs).toBe(4);
  });
});
