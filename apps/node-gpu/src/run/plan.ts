import type { LoadedData, Piece } from '@residual/data';
import type { ModelRow } from '@residual/models';
import type { SelectedBackend } from '@residual/ops';
import { chooseRecipe, recipes } from '@residual/recipes';
import {
  configure,
  parseRunConfig,
  type Recipe,
  type RunConfig,
  requirePieces,
  runConfigSchema,
  type Training,
} from '@residual/runs';
import { type BackendOptions, checkBackend, givenValues, startBackend } from '../backends.js';
import { CommandError } from '../error.js';
import { importFiles, importRecorded } from '../imports.js';
import { loadPictures, modelNamed, recipeNamed, remarksOn, sourceNamed } from '../named.js';
import { shellQuote } from '../output.js';
import { type ConfigFile, noConfigFile, readConfigFile } from './configFile.js';
import { checkUnused, type RunFolder } from './folder.js';
import { requireNoConflicts, type TrainOptions } from './options.js';
import { type RunSettings, readSettings } from './settings.js';
import { trainingOverrides } from './trainingOptions.js';

/** All that a run follows from, besides its folder. */
export interface RunPlan {
  settings: RunSettings;
  data: LoadedData;
  backend: SelectedBackend;
  /** Which recipe it is, why, and how to get another; in words. */
  reason: string;
  isResumed: boolean;
  /** What to tell before it begins. */
  warnings: readonly string[];
}

/** The plan of a new run. Nothing is written before everything asked for is known to work. */
export async function planRun(options: TrainOptions, version: string): Promise<RunPlan> {
  const { out, config: path } = options;
  checkBackend(options.backend);
  const file = path === undefined ? noConfigFile : await readConfigFile(path);
  const imports = await importFiles([...file.imports, ...(options.import ?? [])]);
  const asked = recipeOf(file, options);
  const model = options.model === undefined ? undefined : modelNamed(options.model, '--model');
  if (out !== undefined) await checkUnused(out);
  const source =
    options.data === undefined && file.data !== undefined ? file.data : await sourceNamed(options.data);

  const data = await loadPictures(source, `${path ?? 'train'}: environment.data`);
  const device = {
    ...options,
    ...file.values,
    ...givenValues(options),
    backend: options.backend ?? file.backend,
  };
  const backend = await startBackend(device);
  const { recipe, reason } = asked
    ? { recipe: asked, reason: path === undefined ? `${asked.name}, as asked` : `${asked.name}, of ${path}` }
    : chooseRecipe({ hasGpu: backend.isGpu });
  const { epochs, batchSize, learningRate, seed, limit } = options;
  const configured = configure({ ...recipe, training: { ...recipe.training, ...file.training } }, data.task, {
    model: model && pieceOf(model),
    epochs,
    batchSize,
    learningRate,
    seed,
    limit,
    ...trainingOverrides(options),
  });
  const config = file.task === undefined ? configured : withTask(configured, file.task, path!);
  requirePieces(config, path ?? 'train');
  const environment = { residual: version, data: source, backend: recorded(backend, device), imports };
  const settings = { ...config, environment };
  return { settings, data, backend, reason, isResumed: false, warnings: remarksOn(data) };
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

  const again = `residual train --resume ${shellQuote(folder.path)}`;
  const { imports, warnings } = await importRecorded(environment.imports, options.import, again);
  const source = options.data === undefined ? environment.data : await sourceNamed(options.data);
  const data = await loadPictures(source, `${folder.file('config.json')}: environment.data`);
  const { name, options: kept } = environment.backend;
  const device = { ...options, ...kept, ...givenValues(options), backend: name };
  const backend = await startBackend(device);
  requirePieces(settings, folder.file('config.json'));
  return {
    settings: {
      ...settings,
      environment: { residual: version, data: source, backend: recorded(backend, device), imports },
    },
    data,
    backend,
    reason: `${training.recipe}, resumed`,
    isResumed: true,
    warnings,
  };
}

/** The recipe that is asked for; undefined where it is left to the backend. A file may hold all of a training by itself. */
function recipeOf({ training }: ConfigFile, { recipe, config = '' }: TrainOptions): Recipe | undefined {
  const { recipe: ofFile } = training;
  if (recipe !== undefined && recipe !== 'auto' && ofFile !== undefined && recipe !== ofFile) {
    throw new CommandError('USAGE', {
      where: '--recipe',
      expected: `${ofFile}, as ${config} says`,
      received: recipe,
      fix: 'Leave the option out, or training.recipe.',
    });
  }
  const name = recipe ?? ofFile;
  if (name !== undefined && name === ofFile && !Object.hasOwn(recipes, name) && isWhole(training)) {
    return { name, summary: `Of ${config}`, resize: null, normalize: true, training };
  }
  return recipeNamed(name, ofFile === undefined ? '--recipe' : `${config}: training.recipe`);
}

function isWhole(training: Partial<Training>): training is Training {
  return Object.keys(runConfigSchema.entries.training.entries).every((field) =>
    Object.hasOwn(training, field),
  );
}

function pieceOf({ name, version }: ModelRow): Piece {
  return { name, ...(version !== undefined && { version }) };
}

/** A task of the file's own stands in for what the data and the recipe make. */
function withTask(config: RunConfig, task: RunConfig['task'], where: string): RunConfig {
  return parseRunConfig({ ...config, task }, where);
}

function recorded(
  { name, device, details }: SelectedBackend,
  options: BackendOptions,
): RunSettings['environment']['backend'] {
  return { name, device, details, options: givenValues(options) };
}
