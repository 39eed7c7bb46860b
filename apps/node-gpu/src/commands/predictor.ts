import type { Task } from '@residual/data';
import { loadWeights } from '@residual/runs';
import type { Classifier } from '@residual/trainer';
import { CommandError } from '../error.js';
import { importFiles, importForRun } from '../imports.js';
import { shellQuote } from '../output.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';
import { openNamed, requireNoRun, requireTask, type WeightsWords } from '../weights/named.js';

/** Which model: a run's, or a file's. */
export interface PredictorOptions extends WeightsWords {
  run?: string;
  weights?: string;
  /** The model of the best epoch, by validation, in place of the last. Of a run. */
  best?: boolean;
  import?: string[];
}

export interface Predictor {
  /** Belongs to the caller. */
  model: Classifier;
  task: Task;
}

/**
 * Builds the network that `--run` or `--weights` names, or else that of the newest run.
 *
 * @param start makes a backend work, once the words are known to make sense
 * @throws what `openRun` and `loadModel` throw, or `openNamed` and `loadWeights`.
 */
export async function predictorOf(
  files: readonly string[],
  { run, weights, best, import: imports, model: name, task: taskName }: PredictorOptions,
  start: () => Promise<unknown>,
): Promise<Predictor> {
  const words = { model: name, task: taskName };
  requireNoRun(run, { weights, ...words });
  if (weights !== undefined) {
    if (best) throw noBest();
    await importFiles(imports ?? []);
    return ofWeights(weights, words, start);
  }
  const { folder, settings } = await openRun(run);
  const again = `residual predict ${files.map(shellQuote).join(' ')} --run ${shellQuote(folder.path)}`;
  await importForRun(settings.environment.imports, imports, again);
  await start();
  const { model } = await loadModel(folder, settings, { best });
  return { model, task: settings.task };
}

async function ofWeights(
  path: string,
  words: WeightsWords,
  start: () => Promise<unknown>,
): Promise<Predictor> {
  const named = await openNamed(path, words);
  try {
    const task = requireTask(named, path);
    await start();
    const { model } = await loadWeights(named.file, { task, model: named.model });
    return { model, task };
  } finally {
    await named.close();
  }
}

function noBest(): CommandError {
  return new CommandError('USAGE', {
    where: '--best',
    expected: 'none beside --weights, which has one model',
    received: 'both',
    fix: 'Leave one of them out.',
  });
}
