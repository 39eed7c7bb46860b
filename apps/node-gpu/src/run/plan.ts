import { type LoadedData, loadSource } from '@residual/data';
import type { SelectedBackend } from '@residual/ops';
import { chooseRecipe } from '@residual/recipes';
import { configure, requirePieces } from '@residual/runs';
import { type BackendOptions, checkBackend, givenOptions, startBackend } from '../backends.js';
import { modelNamed, recipeNamed, sourceNamed } from '../named.js';
import { requireNoConflicts } from './conflicts.js';
import { checkUnused, type RunFolder } from './folder.js';
import { type RunSettings, readSettings } from './settings.js';

/** What the command line of `train` can say; what is left out comes from the recipe. */
export interface TrainOptions extends BackendOptions {
  recipe?: string;
  model?: string;
  epochs?: number;
  batchSize?: number;
  /** Where the device has no memory for the batch, begin again with half of it, once. */
  halveBatch?: boolean;
  learningRate?: number;
  limit?: number;
  seed?: number;
  data?: string;
  /** In seconds. */
  checkpointEvery?: number;
  out?: string;
  resume?: string;
  json?: boolean;
}

/** All that a run follows from, besides its folder. */
export interface RunPlan {
  settings: RunSettings;
  data: LoadedData;
  backend: SelectedBackend;
  /** Which recipe it is, why, and how to get another; in words. */
  reason: string;
  isResumed: boolean;
}

/** The plan of a new run. Nothing is written before everything asked for is known to work. */
export async function planRun(options: TrainOptions, version: string): Promise<RunPlan> {
  checkBackend(options.backend);
  const asked = recipeNamed(options.recipe);
  const model = options.model === undefined ? undefined : modelNamed(options.model, '--model');
  if (options.out !== undefined) await checkUnused(options.out);
  const source = await sourceNamed(options.data);

  const data = await loadSource(source);
  const backend = await startBackend(options);
  const { recipe, reason } = asked
    ? { recipe: asked, reason: `${asked.name}, as asked` }
    : chooseRecipe({ hasGpu: backend.isGpu });
  const { epochs, batchSize, learningRate, seed, limit } = options;
  const overrides = { model: model?.name, epochs, batchSize, learningRate, seed, limit };
  const config = configure(recipe, data.task, overrides);
  requirePieces(config, 'train');
  const environment = { residual: version, data: source, backend: recorded(backend, options), imports: [] };
  return { settings: { ...config, environment }, data, backend, reason, isResumed: false };
}

/**
 * The plan by which a run goes on: what its `config.json` says.
 *
 * @returns undefined when the run is over
 */
export async function planResume(
  folder: RunFolder,
  options: TrainOptions,
  version: string,
): Promise<RunPlan | undefined> {
  const settings = await readSettings(folder);
  const { training, environment } = settings;
  requireNoConflicts(options, settings);
  if (await folder.isComplete()) return undefined;

  const source = options.data === undefined ? environment.data : await sourceNamed(options.data);
  const data = await loadSource(source);
  const device: BackendOptions = {
    ...environment.backend.options,
    ...givenOptions(options),
    backend: environment.backend.name,
    verbose: options.verbose,
  };
  const backend = await startBackend(device);
  return {
    settings: {
      ...settings,
      environment: { ...environment, residual: version, data: source, backend: recorded(backend, device) },
    },
    data,
    backend,
    reason: `${training.recipe}, resumed`,
    isResumed: true,
  };
}

function recorded(
  { name, device, details }: SelectedBackend,
  options: BackendOptions,
): RunSettings['environment']['backend'] {
  return { name, device, details, options: givenOptions(options) };
}
