import { isDeepStrictEqual } from 'node:util';
import { resumeRun, startRecipe } from '@residual/recipes';
import { startBackend } from '../backends.js';
import { loadDataset } from '../dataset.js';
import { CommandError } from '../error.js';
import { requireNoConflicts } from './conflicts.js';
import type { RunFolder } from './folder.js';
import { type PreparedRun, runOptions } from './prepared.js';
import { readSettings } from './settings.js';
import type { TrainOptions } from './trainOptions.js';

/**
 * Gets a run ready to go on from its latest whole checkpoint, or from its beginning when it was stopped before the first.
 *
 * @returns undefined when the run is over
 */
export async function continueRun(
  folder: RunFolder,
  options: TrainOptions,
  signal: AbortSignal,
): Promise<PreparedRun | undefined> {
  const settings = await readSettings(folder);
  requireNoConflicts(options, settings);
  if (await folder.isComplete()) return undefined;

  const split = await loadDataset(settings.data ?? undefined);
  const backend = await startBackend({
    backend: settings.backend.name,
    threads: settings.threads ?? undefined,
    tileWidth: options.tileWidth,
    convolution: settings.convolution ?? undefined,
    activations: settings.activations ?? undefined,
    gpu: options.gpu,
    verbose: options.verbose,
  });
  const common = { ...runOptions(folder, backend, options, signal), split };
  const hasCheckpoint = (await folder.checkpoints.list()).length > 0;
  const run = hasCheckpoint
    ? await resumeRun(common)
    : await startRecipe(settings.recipe, { ...common, overrides: { limit: settings.limit ?? undefined } });
  const { recipe, limit, classNames } = settings;
  if (!isDeepStrictEqual(run.config, { recipe, limit, classNames })) {
    throw new CommandError('RUN_FOLDER', {
      where: folder.file('checkpoint'),
      expected: `checkpoints of the run that config.json describes (${recipe.model})`,
      received: `those of another (${run.config.recipe.model})`,
      fix: 'Put the files of one run together again, or start a new run.',
    });
  }
  return { run, folder, settings, backend, recipeReason: `${recipe.name}, resumed`, isResumed: true };
}
