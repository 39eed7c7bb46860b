import type { LoadedData, LoadOptions, Piece } from '@residual/data';
import type { ModelRow } from '@residual/models';
import type { SelectedBackend } from '@residual/ops';
import { configure, parseRunConfig, type Recipe, requirePieces } from '@residual/runs';
import { type BackendOptions, checkBackend, givenValues, startBackend } from '../backends.js';
import { type Import, importFiles } from '../imports.js';
import { loadPictures, modelNamed, remarksOn, sourceNamed } from '../named.js';
import { identityOf, type OpenedStart } from '../weights/start.js';
import { type ConfigFile, noConfigFile, readConfigFile } from './configFile.js';
import type { TimePlan } from './eventLog.js';
import { describeStart, startOf, tunedChoice } from './fineTuning.js';
import { checkUnused } from './folder.js';
import type { TrainOptions } from './options.js';
import { pictureOverrides } from './pictureOptions.js';
import { recipeChoice } from './recipeChoice.js';
import type { Change, RunSettings } from './settings.js';
import { requireHoldOut, withSplit } from './splitOptions.js';
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

function pieceOf({ name, version }: ModelRow): Piece {
  return { name, ...(version !== undefined && { version }) };
}

/** What a run is computed with, as it is recorded. */
export function recorded(
  { name, device, details, arithmetic }: SelectedBackend,
  options: BackendOptions,
): RunSettings['environment']['backend'] {
  const others = Object.entries(details).filter(([key]) => !Object.hasOwn(arithmetic, key));
  return {
    ...{ name, device, details: Object.fromEntries(others) },
    ...(Object.keys(arithmetic).length > 0 && { arithmetic }),
    options: givenValues(options),
  };
}
