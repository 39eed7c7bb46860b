import type { Json } from '@residual/trainer';
import { configure, type RunConfig } from './config.js';
import { RecipesError } from './error.js';
import { recipes } from './recipes.js';

/**
 * Reads a run's config back, as a checkpoint or a `config.json` holds it.
 *
 * @param where for messages, such as the file's name
 * @throws RecipesError `RESUME` when it is something else, `OPTION` when a value in it makes no sense.
 */
export function parseConfig(config: Json | undefined, where: string): RunConfig {
  if (!isRunConfig(config)) {
    throw new RecipesError('RESUME', {
      where,
      expected: 'the config of a recipe',
      received: config === undefined ? 'none' : 'something else',
      fix: 'Resume with the program that started the run.',
    });
  }
  const { recipe, limit, classNames } = config;
  return configure(recipe, { ...recipe, ...recipe.optimizer, limit: limit ?? undefined }, classNames);
}

function isRunConfig(value: unknown): value is RunConfig {
  if (!isObject(value) || !isObject(value.recipe)) return false;
  if (!('limit' in value) || !Array.isArray(value.classNames)) return false;
  const { recipe } = value;
  // A recipe has the fields of the built-in ones, each of a kind that one of them has: some may be null.
  const examples: Record<string, unknown>[] = Object.values(recipes);
  return Object.keys(recipes.quick).every((key) =>
    examples.some((example) => kindOf(recipe[key]) === kindOf(example[key])),
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
