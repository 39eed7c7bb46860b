import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import { describe, expect, it } from 'vitest';
import { tinyModel, tinyRun } from '../../test/tiny.js';
import { TrainerError } from '../error.js';
import type { TrainEvent } from '../events.js';
import { valuesOf } from '../run/snapshots.js';
import { type CheckpointStorage, memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { encodeSealed } from './checkpoint.js';
import { latestCheckpoint, storedSteps } from './checkpoints.js';

type Write = NonNullable<CheckpointStorage['writeSealed']>;

/** A storage that writes beside a run. @param before what each write waits for, or throws */
function besideRun(before: (write: number) => Promise<void> = async () => {}) {
  const memory = memoryStorage();
  let writes = 0;
  const writeSealed: Write = async (name, file) => {
    await before(writes++);
    const bytes = await encodeSealed(file);
    await memory.write(name, bytes);
    return bytes.length;
  };
  return { ...memory, writeSealed };
}

/** Six steps, with a checkpoint after each second. @param onForward is told how many passes there were */
async function follow(
  storage: CheckpointStorage,
  { onForward = () => {}, leaveAt }: { onForward?: (calls: number) => void; leaveAt?: string } = {},
) {
  const model = tinyModel();
  const { forward } = model;
  let calls = 0;
  model.forward = (x, mode) => {
    onForward(++calls);
    return forward.call(model, x, mode);
  };
  const events: TrainEvent[] = [];
  const checkpoints = { storage, everySteps: 2, keepLast: 9 };
  try {
    for await (const event of train(tinyRun({ model, checkpoints, maxEpochs: 1, logEvery: 6 }))) {
      events.push(event);
      if (event.type === leaveAt) break;
    }
    const names = (await storage.list()).sort();
    const files = await Promise.all(names.map((name) => storage.read(name)));
    return { events: events.map(timeless), weights: await valuesOf(stateDict(model)), files };
  } finally {
    dispose(model);
  }
}

const timeless = (event: TrainEvent) => ({
  ...event,
  ...{ seconds: 0, waitSeconds: 0, imagesPerSecond: 0, validationSeconds: 0 },
});

describe('a checkpoint that is written while a run goes on', () => {
  it('is of the step that it was begun after: the same files, events in the same order, and weights', async () => {
    const passes = [4, 6].map((calls) => ({ calls, ...Promise.withResolvers<void>() })); // 2 to warm up, then one a step
    const storage = besideRun(async (write) => passes[write]?.promise);
    const onForward = (calls: number) => {
      for (const pass of passes) if (calls > pass.calls) pass.resolve();
    };
    // It would never end if a write kept the next step from beginning.
    const beside = await follow(storage, { onForward });
    expect(beside.files).toHaveLength(3);
    expect(beside).toEqual(await follow(memoryStorage()));
  });

  it('ends the run where it is refused, and leaves those before', async () => {
    const error = new TrainerError('STORAGE', {
      where: 'x',
      expected: 'room',
      received: 'none',
      fix: 'Free some.',
    });
    const storage = besideRun(async (write) => {
      if (write === 1) throw error;
    });
    await expect(follow(storage)).rejects.toBe(error);
    expect(await storedSteps(storage)).toEqual([2]);
    expect(await latestCheckpoint(storage)).toMatchObject({ step: 2, passedOver: [] });
  });

  it('is finished first where the loop is left, or a step throws', async () => {
    const left = besideRun();
    await follow(left, { leaveAt: 'epoch' });
    expect(await storedSteps(left)).toEqual([6, 4, 2]);
    const thrown = besideRun(() => new Promise((resolve) => setImmediate(resolve)));
    const onForward = (calls: number) => {
      if (calls === 5) throw new Error('no pictures');
    };
    await expect(follow(thrown, { onForward })).rejects.toThrow('no pictures');
    expect(await storedSteps(thrown)).toEqual([2]);
  });
});
