import { isDeepStrictEqual } from 'node:util';
import { type RunConfig, requirePieces } from '@residual/runs';
import { checkBackend, givenValues, startBackend } from '../backends.js';
import { importRecorded } from '../imports.js';
import { fitOf, loadPictures, loadRecorded, remarksOnChange, sourceNamed } from '../named.js';
import { shellQuote } from '../output.js';
import { type OpenedStart, openPlace, openStart, requireIdentity } from '../weights/start.js';
import { changedConfig, changesOf, hasEpochsLeft } from './changes.js';
import { identityText } from './fineTuning.js';
import type { RunFolder } from './folder.js';
import { requireNoConflicts, type TrainOptions } from './options.js';
import { type Loading, type RunPlan, recorded } from './plan.js';
import { type RunSettings, readSettings } from './settings.js';
import { movedTo } from './splitOptions.js';

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
