import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import type { FileSystem } from '@residual/weights/node';
import { expect } from 'vitest';
import { latestCheckpoint } from '../src/checkpoint/checkpoints.js';
import { valuesOf } from '../src/run/snapshots.js';
import { fileStorage } from '../src/storage/files.node.js';
import { type Fault, faultyDisk, LOSSES } from './faultyDisk.js';
import { Killed } from './faultyStorage.js';
import { eventsOf, tinyModel, tinyRun } from './tiny.js';

export const REFUSALS: Fault[] = [
  ...(['ENOSPC', 'EIO', 'EACCES', 'EPERM', 'EROFS', 'EMFILE'] as const),
  'short write',
];

/** Trains to the end from the latest checkpoint on a disk: 6 steps, with a checkpoint after every second. */
async function trained(fs: FileSystem) {
  const model = tinyModel();
  try {
    const storage = fileStorage('/run', { fs });
    const resume = await latestCheckpoint(storage);
    const checkpoints = { storage, everySteps: 2, keepLast: 1 };
    const events = await eventsOf(tinyRun({ model, resume, checkpoints, maxEpochs: 1 }));
    return { end: events.at(-1), weights: await valuesOf(stateDict(model)) };
  } finally {
    dispose(model);
  }
}

/** What the run comes to, and how many operations it is of. */
export async function wholeRun() {
  const disk = faultyDisk();
  return { outcome: await trained(disk.fs), operations: disk.log };
}

type Whole = Awaited<ReturnType<typeof wholeRun>>;

/** One operation is refused, or takes less: the run ends as it does without, or says what is wrong, and goes on to the same bits. */
export async function refuseAt(at: number, what: Fault, { outcome }: Whole): Promise<'goes on' | 'says so'> {
  const disk = faultyDisk({ at, what });
  const result = await trained(disk.fs).catch((error: unknown) => error);
  if (result instanceof Error) {
    expect(result).toMatchObject({ name: 'TrainerError', code: 'STORAGE', cause: { code: what } });
    expect(result.message).toMatch(new RegExp(`^/run.*: expected .*, received ${what}\\. .+\\.$`));
  } else expect(result).toEqual(outcome);
  expect(await trained(disk.reopened().fs)).toEqual(outcome);
  return result instanceof Error ? 'says so' : 'goes on';
}

/** The power fails in the middle of an operation: whatever the disk kept, the run goes on to the same bits. */
export async function failPowerAt(at: number, { outcome }: Whole, losses = LOSSES.slice()): Promise<void> {
  const disk = faultyDisk({ at, what: 'power failure' });
  await expect(trained(disk.fs)).rejects.toSatisfy(isOfKilled);
  for (const loss of losses) expect(await trained(disk.restarted(loss).fs), loss).toEqual(outcome);
}

function isOfKilled(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && error.cause instanceof Killed);
}
