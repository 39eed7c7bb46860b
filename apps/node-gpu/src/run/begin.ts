import { resolve } from 'node:path';
import type { SelectedBackend } from '@residual/ops';
import { chooseRecipe, configure, type Recipe, recipes, startRecipe } from '@residual/recipes';
import { checkBackend, startBackend } from '../backends.js';
import { loadDataset } from '../dataset.js';
import { CommandError } from '../error.js';
import { findModel } from '../findModel.js';
import { oneOf } from '../format.js';
import { checkUnused, createRunFolder } from './folder.js';
import { type PreparedRun, runOptions } from './prepared.js';
import type { RunSettings } from './settings.js';
import type { TrainOptions } from './trainOptions.js';

/** Gets a new run ready, in a new folder. Nothing is written before everything asked for is known to work. */
export async function beginRun(
  options: TrainOptions,
  version: string,
  signal: AbortSignal,
): Promise<PreparedRun | undefined> {
  checkBackend(options.backend);
  checkRecipe(options.recipe);
  const model = options.model === undefined ? undefined : findModel(options.model, '--model').name;
  if (options.out !== undefined) await checkUnused(options.out);

  const split = await loadDataset(options.data);
  const backend = await startBackend(options);
  const { recipe, reason } = pickRecipe(options.recipe, backend);
  const { epochs, batchSize, learningRate, seed, limit } = options;
  const overrides = { model, epochs, batchSize, learningRate, seed, limit };
  const config = configure(recipe, overrides, split.train.classNames);
  const settings: RunSettings = {
    version,
    ...config,
    data: options.data === undefined ? null : resolve(options.data),
    backend: { name: backend.name, device: backend.device, details: backend.details },
    threads: options.threads ?? null,
    convolution: options.convolution ?? null,
  };
  if (signal.aborted) return undefined;
  const folder = await createRunFolder(options.out, recipe.name, new Date());
  await folder.writeConfig(settings);
  const run = await startRecipe(recipe, {
    ...runOptions(folder, backend, options, signal),
    split,
    overrides,
  });
  return { run, folder, settings, backend, recipeReason: reason, isResumed: false };
}

function checkRecipe(name = 'auto'): void {
  const names = ['auto', ...Object.keys(recipes)];
  if (names.includes(name)) return;
  const fix = Object.values(recipes).map((recipe) => `${recipe.name}: ${recipe.summary}.`);
  throw new CommandError('USAGE', {
    where: '--recipe',
    expected: oneOf(names),
    received: name,
    fix: fix.join(' '),
  });
}

function pickRecipe(name = 'auto', { isGpu }: SelectedBackend): { recipe: Recipe; reason: string } {
  const asked = Object.values(recipes).find((recipe) => recipe.name === name);
  return asked ? { recipe: asked, reason: `${asked.name}, as asked` } : chooseRecipe({ hasGpu: isGpu });
}
