import type { RawPicture, Task } from '@residual/data';
import { type DecodedPicture, decodePicture } from '@residual/pictures/node';
import { type Classification, classifyAll, loadWeights } from '@residual/runs';
import type { Classifier } from '@residual/trainer';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { describeFailure } from '../failure.js';
import { formatShare } from '../format.js';
import { importFiles, importForRun } from '../imports.js';
import { fail, print, printJson, shellQuote, style } from '../output.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';
import { openNamed, requireNoRun, requireTask, type WeightsWords } from '../weights/named.js';

export interface PredictOptions extends BackendOptions, WeightsWords {
  run?: string;
  weights?: string;
  import?: string[];
  top: number;
  json?: boolean;
}

const BAR_WIDTH = 20;
/** Pictures at a time: as they were taken, they may be large. */
const BATCH = 8;

/** Prints the likeliest classes of each picture, with their probabilities. */
export async function predict(
  files: readonly string[],
  { run, weights, import: imports, top, json, model: name, task: taskName, ...device }: PredictOptions,
): Promise<void> {
  checkBackend(device.backend);
  requireNoRun(run, { weights, model: name, task: taskName });
  const start = () => startBackend(device);
  const { model, task } =
    weights === undefined
      ? await ofRun(run, files, imports, start)
      : await ofWeights(weights, { model: name, task: taskName }, imports, start);
  for (let first = 0; first < files.length; first += BATCH) {
    const named = files.slice(first, first + BATCH);
    const pictures = await Promise.all(named.map((file) => decodePicture(file).catch(failureOf)));
    const usable = pictures.filter((picture): picture is DecodedPicture => !('error' in picture));
    const answers = await classifyEach(usable, (some) => classifyAll(model, some, task, { top }));
    for (const [i, file] of named.entries()) {
      const picture = pictures[i]!;
      const answer = 'error' in picture ? picture : answers.shift()!;
      if ('error' in answer) sayFailure(answer.error);
      else if (json) printJson({ file, classes: answer });
      else printClasses(file, answer);
    }
  }
}

interface Predictor {
  model: Classifier;
  task: Task;
}

async function ofRun(
  run: string | undefined,
  files: readonly string[],
  imports: string[] | undefined,
  start: () => Promise<unknown>,
): Promise<Predictor> {
  const { folder, settings } = await openRun(run);
  const { task, environment } = settings;
  const again = `residual predict ${files.map(shellQuote).join(' ')} --run ${shellQuote(folder.path)}`;
  await importForRun(environment.imports, imports, again);
  await start();
  return { ...(await loadModel(folder, settings)), task };
}

async function ofWeights(
  path: string,
  words: WeightsWords,
  imports: string[] | undefined,
  start: () => Promise<unknown>,
): Promise<Predictor> {
  await importFiles(imports ?? []);
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

interface Failed {
  error: unknown;
}

function failureOf(error: unknown): Failed {
  return { error };
}

/** Where one picture can't be taken, the others can still be named. */
async function classifyEach(
  pictures: readonly RawPicture[],
  classify: (pictures: readonly RawPicture[]) => Promise<Classification[][]>,
): Promise<(Classification[] | Failed)[]> {
  try {
    return await classify(pictures);
  } catch (error) {
    if (pictures.length === 1) return [failureOf(error)];
    const each = pictures.map((picture) => classifyEach([picture], classify));
    return (await Promise.all(each)).flat();
  }
}

function sayFailure(error: unknown): void {
  const { message, exitCode } = describeFailure(error);
  fail(message);
  process.exitCode = exitCode;
}

function printClasses(file: string, classes: readonly Classification[]): void {
  const width = Math.max(...classes.map(({ className }) => className.length));
  print(style('bold', file));
  for (const { className, probability } of classes) {
    const bar = '━'.repeat(Math.round(BAR_WIDTH * probability));
    print(`  ${className.padEnd(width)}  ${formatShare(probability).padStart(8)}  ${bar}`.trimEnd());
  }
}
