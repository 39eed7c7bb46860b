import type { ResNet } from '@residual/models';
import { type Checkpoint, weightsOf } from '@residual/trainer';
import { buildModel } from './buildModel.js';
import type { RunConfig } from './config.js';
import { parseConfig } from './parseConfig.js';

/**
 * Builds the network of a recipe's checkpoint, with the weights that validation saw: to evaluate and predict with.
 *
 * @returns the model, which belongs to the caller, and the config of its run, with the recipe and the class names
 * @throws RecipesError `RESUME` when no recipe wrote the checkpoint; BlocksError `STATE` when its weights don't fit.
 *
 * @example
 * const { model, config } = restoreModel(await readCheckpoint(storage, 'checkpoint-000003752.safetensors'));
 * const [likeliest] = await classify(model, picture, config.recipe, { classNames: config.classNames });
 */
export function restoreModel(checkpoint: Checkpoint): { model: ResNet; config: RunConfig } {
  const config = parseConfig(checkpoint.config, checkpoint.name);
  return { model: buildModel(config, weightsOf(checkpoint)), config };
}
