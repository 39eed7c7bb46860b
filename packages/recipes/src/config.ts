import { classNames as fashionClassNames } from '@residual/fashion-mnist';
import { isModelName, models } from '@residual/models';
import { RecipesError } from './error.js';
import type { Recipe } from './recipe.js';

/** All that determines a run, as plain JSON: what checkpoints hold and resuming compares. */
export type RunConfig = {
  /** With the overrides worked in. */
  readonly recipe: Recipe;
  /** How many training pictures to use, and at most that many test pictures; null: all. */
  readonly limit: number | null;
  /** In the order of the labels. */
  readonly classNames: readonly string[];
};

/** What may differ from the recipe. */
export interface Overrides {
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  /** A name in `models`. */
  model?: string;
  seed?: number;
  /** Uses only the first pictures, for a quick try. */
  limit?: number;
}

/**
 * Works overrides into a recipe.
 *
 * @param classNames default: Fashion-MNIST's
 * @throws RecipesError `OPTION` naming the override, what it may be, and what to do.
 */
export function configure(
  recipe: Recipe,
  overrides: Overrides = {},
  classNames: readonly string[] = fashionClassNames,
): RunConfig {
  const { epochs, batchSize, learningRate, model = recipe.model, seed, limit } = overrides;
  if (!isModelName(model)) {
    const names = Object.keys(models).join(', ');
    throw refusal('model', `one of ${names}`, model, 'Choose one of them.');
  }
  requireInteger('epochs', epochs, 1, 'Train for one epoch or more.');
  requireInteger('batchSize', batchSize, 1, `The recipe ${recipe.name} uses ${recipe.batchSize}.`);
  requireInteger('limit', limit, 1, 'Leave it out to use all pictures.');
  requireInteger('seed', seed, 0, 'Any such number will do.');
  if (learningRate !== undefined && !(Number.isFinite(learningRate) && learningRate > 0)) {
    const fix = `The recipe ${recipe.name} uses ${recipe.optimizer.learningRate}.`;
    throw refusal('learningRate', 'a number above 0', String(learningRate), fix);
  }
  return {
    recipe: {
      ...recipe,
      model,
      epochs: epochs ?? recipe.epochs,
      batchSize: batchSize ?? recipe.batchSize,
      seed: seed ?? recipe.seed,
      optimizer: { ...recipe.optimizer, learningRate: learningRate ?? recipe.optimizer.learningRate },
    },
    limit: limit ?? null,
    classNames: [...classNames],
  };
}

function requireInteger(where: string, value: number | undefined, min: number, fix: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return;
  throw refusal(where, `an integer of at least ${min}`, String(value), fix);
}

function refusal(where: string, expected: string, received: string, fix: string): RecipesError {
  return new RecipesError('OPTION', { where, expected, received, fix });
}
