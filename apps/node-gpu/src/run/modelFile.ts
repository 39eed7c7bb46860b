import { isDeepStrictEqual } from 'node:util';
import { dispose } from '@residual/blocks';
import { decodeModel, type ModelFacts, type RunConfig, restoreModel } from '@residual/runs';
import { bestCheckpoint, type Checkpoint, type Classifier, latestCheckpoint } from '@residual/trainer';
import { CommandError } from '../error.js';
import type { RunFolder } from './folder.js';

interface Loaded {
  /** Belongs to the caller. */
  model: Classifier;
  /** Where its weights came from. */
  file: string;
}

/**
 * Builds a run's network with the weights it has learnt: those of `model.safetensors`, or, while the run isn't over,
 * of its latest checkpoint; with `best`, of the checkpoint after the epoch that did best in validation.
 *
 * @throws CommandError `RUN_FOLDER` when there are none yet, or they are another network's than config.json says;
 *   WeightsError, TrainerError, RunsError or BlocksError when they are damaged.
 */
export async function loadModel(
  folder: RunFolder,
  { task, training }: RunConfig,
  { best = false }: { best?: boolean } = {},
): Promise<Loaded> {
  const { learnt, ...loaded } = await (best ? readBest(folder) : readModel(folder));
  const isOfRun = isDeepStrictEqual(learnt.model, training.model) && isDeepStrictEqual(learnt.task, task);
  if (isOfRun) return loaded;
  dispose(loaded.model);
  throw new CommandError('RUN_FOLDER', {
    where: loaded.file,
    expected: `the weights of ${named({ task, model: training.model })}, as config.json says`,
    received: `those of ${named(learnt)}`,
    fix: "Put the run's own files back, or train it again.",
  });
}

function named({ task, model }: ModelFacts): string {
  return `${model.name} for ${task.data.name}, ${task.picture.height}x${task.picture.width}`;
}

async function readModel(folder: RunFolder): Promise<Loaded & { learnt: ModelFacts }> {
  if (await folder.isComplete()) {
    const file = folder.file('model.safetensors');
    const { model, facts } = decodeModel(await folder.readModel(), file);
    return { model, file, learnt: facts };
  }
  const checkpoint = await latestCheckpoint(folder.checkpoints);
  if (checkpoint === undefined) throw untrained(folder, 'a run without a checkpoint so far');
  return ofCheckpoint(folder, checkpoint);
}

async function readBest(folder: RunFolder): ReturnType<typeof readModel> {
  const checkpoint = await bestCheckpoint(folder.checkpoints);
  if (checkpoint === undefined) throw untrained(folder, 'a run that no epoch has been judged of so far');
  return ofCheckpoint(folder, checkpoint);
}

function untrained({ path }: RunFolder, received: string): CommandError {
  return new CommandError('RUN_FOLDER', {
    where: path,
    expected: 'a trained model',
    received,
    fix: `Train it first: residual train --resume ${path}.`,
  });
}

function ofCheckpoint(folder: RunFolder, checkpoint: Checkpoint): Loaded & { learnt: ModelFacts } {
  const { model, config } = restoreModel(checkpoint);
  return {
    model,
    file: folder.file(`checkpoint/${checkpoint.name}`),
    learnt: { task: config.task, model: config.training.model },
  };
}
