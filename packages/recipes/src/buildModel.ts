import { dispose, init, loadStateDict, type StateValue, zeros } from '@residual/blocks';
import { models, type ResNet } from '@residual/models';
import type { RunConfig } from './config.js';

/**
 * The network of a run, with these weights. Belongs to the caller.
 *
 * @throws BlocksError `STATE` when they are another network's.
 */
export function buildModel(
  { recipe, classNames }: Pick<RunConfig, 'recipe' | 'classNames'>,
  weights: ReadonlyMap<string, StateValue>,
): ResNet {
  const model = models[recipe.model].create({ numClasses: classNames.length });
  init(model, [1, ...recipe.inputSize, 1], { seed: recipe.seed, initializer: () => zeros });
  try {
    loadStateDict(model, weights);
  } catch (error) {
    dispose(model);
    throw error;
  }
  return model;
}
