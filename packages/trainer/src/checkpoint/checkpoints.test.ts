import { describe, expect, it } from 'vitest';
import { tinyFacts } from '../../test/tiny.js';
import type { Best, History } from '../events.js';
import { memoryStorage } from '../storage/storage.js';
import { checkpointFile, encodeSealed } from './checkpoint.js';
import { bestCheckpoint, checkpointName, latestCheckpoint, prune } from './checkpoints.js';

const bytesAt = (step: number, bestStep?: number) =>
  encodeSealed(
    checkpointFile(
      { model: new Map(), slots: new Map() },
      {
        step,
        epoch: 1,
        batch: step,
        facts: tinyFacts,
        backend: 'cpu',
        arithmetic: {},
        history: [],
        ...(bestStep !== undefined && { best: { epoch: 1, step: bestStep, validationAccuracy: 1 } }),
        epochSums: { loss: 0, correct: 0, examples: 0 },
        logSums: { loss: 0, correct: 0, examples: 0 },
      },
    ),
  );

async function holding(...steps: number[]) {
  const storage = memoryStorage();
  for (const step of steps) await storage.write(checkpointName(step), await bytesAt(step, steps[0]));
  return storage;
}

describe('latestCheckpoint', () => {
  it('is the one of the highest step; other files are left alone', async () => {
    const storage = await holding(9, 10, 100);
    await storage.write('checkpoint-7.safetensors', new Uint8Array(3));
    await storage.write('notes.txt', new Uint8Array(3));
    expect(await latestCheckpoint(storage)).toMatchObject({
      step: 100,
      name: 'checkpoint-000000100.safetensors',
    });
  });

  it('is undefined when there is none', async () => {
    expect(await latestCheckpoint(memoryStorage())).toBeUndefined();
  });

  it('passes damaged ones over, and says which', async () => {
    const storage = await holding(1, 2, 3);
    await storage.write(checkpointName(3), new Uint8Array(50));
    await storage.write(checkpointName(2), new Uint8Array(0));
    const { step, passedOver } = (await latestCheckpoint(storage))!;
    expect(step).toBe(1);
    expect(passedOver.map(({ name }) => name)).toEqual([checkpointName(3), checkpointName(2)]);
    expect(passedOver[0]?.reason).toContain('SHA-256');
  });

  it('fails rather than starting over when all are damaged', async () => {
    const storage = await holding(1);
    await storage.write(checkpointName(1), new Uint8Array(50));
    await expect(latestCheckpoint(storage)).rejects.toMatchObject({ code: 'FORMAT' });
  });
});

describe('bestCheckpoint', () => {
  it('is the one after the best epoch, as the latest knows it', async () => {
    expect(await bestCheckpoint(await holding(1, 2, 3))).toMatchObject({ step: 1 });
    expect(await bestCheckpoint(memoryStorage())).toBeUndefined();
  });
});

describe('prune', () => {
  const left = async (
    step: number,
    best: number | undefined,
    keepLast: number,
    keepBest: boolean,
    keepEvery?: number,
  ) => {
    const storage = await holding(1, 2, 3, 4, 5);
    // Each step is an epoch.
    const epochs = Array.from({ length: step }, (_, i) => ({ epoch: i + 1, step: i + 1 })) as History;
    const state = { step, history: epochs, best: best === undefined ? undefined : ({ step: best } as Best) };
    const removed = await prune(storage, state, { keepLast, keepBest, ...(keepEvery && { keepEvery }) });
    const names = await storage.list();
    expect(names.length + removed.length).toBe(5);
    return names.map((name) => Number(/\d+/.exec(name)![0]));
  };

  it('keeps the last ones and the best', async () => {
    expect(await left(5, 2, 2, true)).toEqual([2, 4, 5]);
    expect(await left(5, 2, 2, false)).toEqual([4, 5]);
    expect(await left(5, undefined, 1, true)).toEqual([5]);
    expect(await left(5, 5, 9, true)).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps those after every second epoch, where it is told to', async () => {
    expect(await left(5, undefined, 1, true, 2)).toEqual([2, 4, 5]);
  });

  it('removes what lies after a run that went back', async () => {
    expect(await left(3, 1, 2, true)).toEqual([1, 2, 3]);
  });
});
