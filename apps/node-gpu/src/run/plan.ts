import { isDeepStrictEqual } from 'node:util';
import type { LoadedData, LoadOptions, Piece } from '@residual/data';
import type { ModelRow } from '@residual/models';
import type { SelectedBackend } from '@residual/ops';
import { configure, parseRunConfig, type Recipe, requirePieces } from '@residual/runs';
import { type BackendOptions, checkBackend, givenValues, startBackend } from '../backends.js';
import { type Import, importFiles, importRecorded } from '../imports.js';
import {
  fitOf,
  loadPictures,
  loadRecorded,
  modelNamed,
  remarksOn,
  remarksOnChange,
  sourceNamed,
} from '../named.js';
import { shellQuote } from '../output.js';
import { identityOf, type OpenedStart, openPlace, openStart, requireIdentity } from '../weights/start.js';
import { changedConfig, changesOf, hasEpochsLeft } from './changes.js';
import { type ConfigFile, noConfigFile, readConfigFile } from './configFile.js';
import type { TimePlan } from './eventLog.js';
import { describeStart, identityText, startOf, tunedChoice } from './fineTuning.js';
import { checkUnused, type RunFolder } from './folder.js';
import { requireNoConflicts, type TrainOptions } from './options.js';
import { pictureOverrides } from './pictureOptions.js';
import { recipeChoice } from './recipeChoice.js';
import { type Change, type RunSettings, readSettings } from './settings.js';
import { movedTo, requireHoldOut, withSplit } from './splitOptions.js';
import { requireTimeAlone, timePlan } from './timePlan.js';
import { remarksOnRate, trainingOverrides } from './trainingOptions.js';

/** All that a run follows from, besides its folder. */
export interface RunPlan {
  settings: RunSettings;
  data: LoadedData;
  backend: SelectedBackend;
  /** What the network begins with, opened: whoever has the plan closes it. */
  weights?: OpenedStart;
  /** What is told of them. */
  weightsSaid?: string[];
  /** Which recipe it is, why, and how to get another; in words. */
  reason: string;
  isResumed: boolean;
  /** What --minutes came to. */
  time?: TimePlan;
  /** With what a run goes on that was otherwise before. */
  changes?: readonly Change[];
  /** What to tell as soon as it can be: before it begins, or while pictures are read. */
  warnings: string[];
}

/** What is told, and asked, while a plan is made. */
export type Loading = Pick<LoadOptions, 'onProgress' | 'signal'>;

/**
 * The plan of a new run. Nothing is written before everything asked for is known to work, but the pack of its pictures.
 *
 * @param asked a recipe in place of one that is asked for by its name
 */
export async function planRun(
  options: TrainOptions,
  version: string,
  loading: Loading,
  asked?: Recipe,
): Promise<RunPlan> {
  const { config: path } = options;
  requireTimeAlone(options);
  checkBackend(options.backend);
  const file = path === undefined ? noConfigFile : await readConfigFile(path);
  const imports = await importFiles([...file.imports, ...(options.import ?? [])]);
  const start = await startOf(file, options, loading.signal);
  try {
    return await planNew(options, version, loading, { file, imports, start, asked });
  } catch (error) {
    await start?.named.close();
    throw error;
  }
}

async function planNew(
  options: TrainOptions,
  version: string,
  loading: Loading,
  {
    file,
    imports,
    start,
    asked,
  }: { file: ConfigFile; imports: Import[]; start?: OpenedStart; asked?: Recipe },
): Promise<RunPlan> {
  const { out, config: path } = options;
  // Beside weights it says what these are.
  const isOwn = options.model !== undefined && start === undefined;
  const model = isOwn ? modelNamed(options.model!, '--model') : undefined;
  if (out !== undefined) await checkUnused(out);
  const named =
    options.data === undefined && file.data !== undefined ? file.data : await sourceNamed(options.data);
  const source = withSplit(named, options);
  const device = {
    ...options,
    ...file.values,
    ...givenValues(options),
    backend: options.backend ?? file.backend,
  };
  const backend = await startBackend(device);
  const recipes = recipeChoice(file, options, { hasGpu: backend.isGpu }, asked);
  const choice = start === undefined ? recipes : tunedChoice(recipes, start, options, file);
  const warnings: string[] = [];
  const data = await loadPictures(source, `${path ?? 'train'}: environment.data`, {
    ...loading,
    fit: choice.fit,
    pack: options.pack,
    onRemark: (sentence) => warnings.push(sentence),
  });
  const { recipe, reason } = choice.for(data);
  const { epochs, batchSize, learningRate, seed, limit } = options;
  const configured = configure({ ...recipe, training: { ...recipe.training, ...file.training } }, data.task, {
    model: model && pieceOf(model),
    weights: start && identityOf(start, data.task.classNames),
    stages: options.stages,
    epochs,
    batchSize,
    learningRate,
    seed,
    limit,
    ...pictureOverrides(options),
    ...trainingOverrides(options),
  });
  // A task of the file's own stands in for what the data and the recipe make.
  const config = file.task ? parseRunConfig({ ...configured, task: file.task }, path!) : configured;
  requirePieces(config, path ?? 'train');
  requireHoldOut(options.holdOut, config, data);
  const weightsSaid = start && describeStart(config, start);
  const time = await timePlan(config, data, backend, options, loading.signal);
  const environment = {
    residual: version,
    data: source,
    ...(start && { weights: start.place }),
    backend: recorded(backend, device),
    imports,
  };
  const training = time === undefined ? config.training : { ...config.training, epochs: time.epochs };
  const settings = { ...config, training, environment };
  const started = { ...recipe.training, ...file.training };
  warnings.push(...remarksOnRate(options, started.optimizer, config.training.optimizer));
  warnings.push(...remarksOn(data));
  return { settings, data, backend, weights: start, weightsSaid, reason, isResumed: false, time, warnings };
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
  loading: Loading,
): Promise<RunPlan | undefined> {
  const before = await readSettings(folder);
  requireNoConflicts(options, before);
  const config = changedConfig(before, options);
  const isChanged = !isDeepStrictEqual(config.training, before.training);
  const done = (await folder.readHistory()).length;
  if ((await folder.isComplete()) && !hasEpochsLeft(done, options, config, isChanged)) return undefined;
  const plan = await planRecorded(folder, options, version, { ...loading, before, config });
  return { ...plan, changes: changesOf(before, config, plan.settings.environment.backend), isResumed: true };
}

/** What a run's folder is gone on with, or computed anew with from its beginning. */
interface Recorded extends Loading {
  before: RunSettings;
  /** Default: as it was. */
  config?: RunConfig;
  /** Whether it goes to the beginning, where the run has weights that its checkpoints have left behind. */
  isAnew?: boolean;
}

/** The plan of a recorded run: with its own pictures, parts, pieces and backend, where the options don't say otherwise. */
export async function planRecorded(
  folder: RunFolder,
  options: TrainOptions,
  version: string,
  { before, config = before, isAnew = false, ...loading }: Recorded,
): Promise<RunPlan> {
  const { environment } = before;
  const { task, training } = config;
  const settings = { ...config, environment };
  const again = isAnew
    ? `residual verify ${shellQuote(folder.path)}`
    : `residual train --resume ${shellQuote(folder.path)}`;
  const { imports, warnings } = await importRecorded(environment.imports, options.import, again);
  const source =
    options.data === undefined
      ? environment.data
      : movedTo(await sourceNamed(options.data), environment.data);
  const split = await folder.readSplit();
  const load = options.data === undefined ? loadRecorded : loadPictures;
  const data = await load(source, `${folder.file('config.json')}: environment.data`, {
    ...loading,
    pack: options.pack,
    split,
    onRemark: (sentence) => warnings.push(sentence),
    ...fitOf(task),
  });
  warnings.push(...remarksOnChange(task, data));
  if (split === undefined && data.split !== undefined) {
    warnings.push('The run has no split.json: which pictures are for what was computed anew.');
  }
  const { name, options: kept } = environment.backend;
  const asked = options.backend === 'auto' ? name : (options.backend ?? name);
  const device = { ...options, ...(asked === name && kept), ...givenValues(options), backend: asked };
  checkBackend(asked);
  const backend = await startBackend(device);
  requirePieces(settings, folder.file('config.json'));
  const start = await startAgain(folder, settings, options, { signal: loading.signal, isAnew });
  const { weights: place, changes } = environment;
  const computedBy = recorded(backend, device);
  return {
    settings: {
      ...config,
      environment: {
        residual: version,
        data: source,
        ...(place && { weights: start?.place ?? place }),
        backend: computedBy,
        imports,
        ...(changes && { changes }),
      },
    },
    data,
    backend,
    weights: start,
    weightsSaid:
      training.weights === null ? undefined : [`${identityText(training.weights)}, as the run began`],
    reason: `${training.recipe}, ${isAnew ? 'as recorded' : 'resumed'}`,
    isResumed: false,
    warnings,
  };
}

/** A run that goes on has its weights in its checkpoint; one that was stopped before its first begins with its file again. */
async function startAgain(
  folder: RunFolder,
  { training, environment }: RunSettings,
  { weights, model }: TrainOptions,
  { signal, isAnew }: { signal: AbortSignal | undefined; isAnew: boolean },
): Promise<OpenedStart | undefined> {
  const { weights: place } = environment;
  const hasCheckpoint =
    !isAnew && (await folder.checkpoints.list()).some((name) => name.startsWith('checkpoint-'));
  if (training.weights === null || (hasCheckpoint && weights === undefined)) return undefined;
  const start =
    weights === undefined
      ? place && (await openPlace(place, signal))
      : await openStart(weights, model ?? place?.model, signal);
  if (start !== undefined) requireIdentity(start, training.weights, folder.file('config.json'));
  return start;
}

function pieceOf({ name, version }: ModelRow): Piece {
  return { name, ...(version !== undefined && { version }) };
}

function recorded(
  { name, device, details }: SelectedBackend,
  options: BackendOptions,
): RunSettings['environment']['backend'] {
  return { name, device, details, options: givenValues(options) };
}
