import { dispose } from '@residual/blocks';
import type { ResNet } from '@residual/models';
import { decodeModel, type Recipe, type RunConfig, restoreModel } from '@residual/recipes';
import { latestCheckpoint } from '@residual/trainer';
import { CommandError } from '../error.js';
import type { RunFolder } from './folder.js';

interface Loaded {
  /** Belongs to the caller. */
  model: ResNet;
  /** Where its weights came from. */
  file: string;
}

/**
 * Builds a run's network with the weights it has learnt: those of `model.safetensors`, or, while the run isn't over,
 * of its latest checkpoint.
 *
 * @throws CommandError `RUN_FOLDER` when there are none yet, or they are another network's than config.json says;
 *   WeightsError, TrainerError, RecipesError or BlocksError when they are damaged.
 */
export async function loadModel(folder: RunFolder, { recipe }: RunConfig): Promise<Loaded> {
  const { learnt, ...loaded } = await readModel(folder);
  if (learnt.model === recipe.model) return loaded;
  dispose(loaded.model);
  throw new CommandError('RUN_FOLDER', {
    where: loaded.file,
    expected: `the weights of ${recipe.model}, as config.json says`,
    received: `those of ${learnt.model}`,
    fix: "Put the run's own files back, or train it again.",
  });
}

async function readModel(folder: RunFolder): Promise<Loaded & { learnt: Recipe }> {
  if (await folder.isComplete()) {
    const file = folder.file('model.safetensors');
    const { model, recipe } = decodeModel(await folder.readModel(), file);
    return { model, file, learnt: recipe };
  }
  const checkpoint = await latestCheckpoint(folder.checkpoints);
  if (checkpoint === undefined) {
    throw new CommandError('RUN_FOLDER', {
      where: folder.path,
      expected: 'a trained model',
      received: 'a run without a checkpoint so far',
      fix: `Train it first: residual train --resume ${folder.path}.`,
    });
  }
  const { model, config } = restoreModel(checkpoint);
  return { model, file: folder.file(`checkpoint/${checkpoint.name}`), learnt: config.recipe };
}
