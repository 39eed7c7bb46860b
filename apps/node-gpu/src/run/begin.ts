import { resolve } from 'node:path';
import type { DataSplit } from '@residual/data';
import type { SelectedBackend } from '@residual/ops';
import { chooseRecipe, configure, type Recipe, recipes, startRecipe } from '@residual/recipes';
import { checkBackend, startBackend } from '../backends.js';
import { loadDataset } from '../dataset.js';
import { CommandError } from '../error.js';
import { findModel } from '../findModel.js';
import { oneOf } from '../format.js';
import { checkUnused, createRunFolder, type RunFolder } from './folder.js';
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
  if (options.model !== undefined) findModel(options.model, '--model');
  if (options.out !== undefined) await checkUnused(options.out);

  const split = await loadDataset(options.data);
  const backend = await startBackend(options);
  const { recipe, reason } = pickRecipe(options.recipe, backend);
  const plan = { options, version, signal, split, recipe, reason };
  const settings = settingsOf(plan, backend); // throws for options that make no sense
  if (signal.aborted) return undefined;
  const folder = await createRunFolder(options.out, recipe.name, new Date());
  return startIn(folder, plan, backend, settings);
}

/** All that a new run follows from, besides its folder and its backend. */
interface Plan {
  options: TrainOptions;
  version: string;
  signal: AbortSignal;
  split: DataSplit;
  recipe: Recipe;
  /** Why this recipe. */
  reason: string;
}

/** Writes the run's settings, and makes its model. */
async function startIn(
  folder: RunFolder,
  plan: Plan,
  backend: SelectedBackend,
  settings: RunSettings,
): Promise<PreparedRun> {
  const { options, signal, split, recipe, reason } = plan;
  await folder.writeConfig(settings);
  const run = await startRecipe(recipe, {
    ...runOptions(folder, backend, options, signal),
    split,
    overrides: overridesOf(options),
  });
  async function withBatchSize(batchSize: number): Promise<PreparedRun> {
    const again = { ...plan, options: { ...options, batchSize } };
    const restarted = await startBackend(options);
    return startIn(folder, again, restarted, settingsOf(again, restarted));
  }
  return { run, folder, settings, backend, recipeReason: reason, isResumed: false, withBatchSize };
}

function settingsOf({ options, version, split, recipe }: Plan, backend: SelectedBackend): RunSettings {
  return {
    version,
    ...configure(recipe, overridesOf(options), split.train.classNames),
    data: options.data === undefined ? null : resolve(options.data),
    backend: { name: backend.name, device: backend.device, details: backend.details },
    threads: options.threads ?? null,
    convolution: options.convolution ?? null,
    activations: options.activations ?? null,
  };
}

function overridesOf({ model, epochs, batchSize, learningRate, seed, limit }: TrainOptions) {
  const name = model === undefined ? undefined : findModel(model, '--model').name;
  return { model: name, epochs, batchSize, learningRate, seed, limit };
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
