import { mkdtempSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataParts } from '@residual/data';
import type { RunConfig } from '@residual/runs';
import { resumeRun, startRun } from '@residual/runs';
import { type CheckpointStorage, latestCheckpoint, memoryStorage, type TrainEvent } from '@residual/trainer';
import { scaleOut } from '../src/node/scaleOut.js';

/** A run and its pictures. */
interface Trained {
  config: RunConfig;
  data: DataParts;
}

export const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'torchrun-')), 'run');

/** A run's checkpoints after some steps; 0: it has not begun. */
export async function stopped({ config, data }: Trained, steps: number): Promise<CheckpointStorage> {
  const storage = memoryStorage();
  if (steps === 0) return storage;
  const stop = new AbortController();
  const options = { data, checkpoints: { storage }, logEvery: 1, signal: stop.signal };
  const { events } = await startRun(config, options);
  for await (const event of events) if (event.type === 'step' && event.step === steps) stop.abort();
  return storage;
}

/** A run that was stopped after some steps, in a folder for PyTorch. */
export async function handedOver(run: Trained, steps: number): Promise<string> {
  const to = newFolder();
  await scaleOut({ ...run, checkpoints: await stopped(run, steps), to });
  return to;
}

/** A copy of a folder, to change or to train in. */
export async function copied(folder: string): Promise<string> {
  const to = newFolder();
  await cp(folder, to, { recursive: true });
  return to;
}

/** Goes on here with a copy of a storage's latest checkpoint: all events, and the checkpoint after each step. */
export async function goOn(
  { config, data }: Trained,
  from: CheckpointStorage,
): Promise<{ events: TrainEvent[]; storage: CheckpointStorage }> {
  const storage = memoryStorage();
  const latest = await latestCheckpoint(from);
  if (latest !== undefined) await storage.write(latest.name, await from.read(latest.name));
  const run = await resumeRun({
    config,
    data,
    checkpoints: { storage, everySteps: 1, keepLast: 999 },
    logEvery: 1,
  });
  const events: TrainEvent[] = [];
  for await (const event of run.events) events.push(event as TrainEvent);
  return { events, storage };
}
