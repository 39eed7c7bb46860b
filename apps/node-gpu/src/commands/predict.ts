import type { RawPicture } from '@residual/data';
import { type DecodedPicture, decodePicture } from '@residual/pictures/node';
import { type Classification, classifyAll } from '@residual/runs';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { describeFailure } from '../failure.js';
import { formatShare } from '../format.js';
import { importForRun } from '../imports.js';
import { fail, print, printJson, shellQuote, style } from '../output.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';

export interface PredictOptions extends BackendOptions {
  run?: string;
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
  { run, import: imports, top, json, ...device }: PredictOptions,
): Promise<void> {
  checkBackend(device.backend);
  const { folder, settings } = await openRun(run);
  const { task, environment } = settings;
  const again = `residual predict ${files.map(shellQuote).join(' ')} --run ${shellQuote(folder.path)}`;
  await importForRun(environment.imports, imports, again);
  await startBackend(device);
  const { model } = await loadModel(folder, settings);
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
