import { dispose } from '@residual/blocks';
import type { DataParts } from '@residual/data';
import { type Run, type RunConfig, resumeRun, type WeightsToStart } from '@residual/runs';
import { type Checkpoint, type CheckpointStorage, latestCheckpoint, memoryStorage } from '@residual/trainer';

/** What a run computes next. */
export interface NextStep {
  /** The mean over the batch, as training has it: smoothed, mixed, with the batch's own statistics. */
  loss: number;
  /** How many answers are right. */
  correct: number;
  /** In the batch. */
  examples: number;
}

/**
 * Where a run is, as a storage with that checkpoint alone: its latest, with what of the configuration has changed since; of a run that
 * has none that of its beginning.
 *
 * @throws what `resumeRun` throws
 */
export async function whereItIs(
  config: RunConfig,
  data: DataParts,
  checkpoints: CheckpointStorage,
  weights: WeightsToStart | undefined,
): Promise<CheckpointStorage> {
  const storage = memoryStorage();
  const found = await latestCheckpoint(checkpoints);
  if (found !== undefined) await storage.write(found.name, await checkpoints.read(found.name));
  // A run that is told to stop before its next step saves where it is.
  const signal = AbortSignal.abort();
  await ended(await resumeRun({ config, data, weights, checkpoints: { storage }, signal }));
  return storage;
}

/**
 * Computes the step that follows a checkpoint, in memory.
 *
 * @param storage is written to: give it the checkpoint alone
 * @returns undefined where there is no step left
 * @throws what `resumeRun` throws
 */
export async function nextStep(
  config: RunConfig,
  data: DataParts,
  storage: CheckpointStorage,
): Promise<NextStep | undefined> {
  const { logSums: untold } = (await latestCheckpoint(storage)) as Checkpoint;
  const run = await resumeRun({ config, data, checkpoints: { storage }, logEvery: 1 });
  try {
    for await (const event of run.events) {
      if (event.type !== 'step') continue;
      // The first event also tells of the steps before it that none had told.
      const examples = event.images - untold.examples;
      const loss = (event.loss * event.images - untold.loss) / examples;
      return { loss, correct: Math.round(event.accuracy * event.images) - untold.correct, examples };
    }
    return undefined;
  } finally {
    await ended(run);
  }
}

async function ended({ events, model }: Run): Promise<void> {
  for await (const _ of events);
  dispose(model);
}
