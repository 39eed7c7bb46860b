import { decodePicture } from '@residual/pictures/node';
import { type Classification, classify } from '@residual/runs';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { describeFailure } from '../failure.js';
import { formatShare } from '../format.js';
import { fail, print, printJson, style } from '../output.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';

export interface PredictOptions extends BackendOptions {
  run?: string;
  top: number;
  json?: boolean;
}

const BAR_WIDTH = 20;

/** Prints the likeliest classes of each picture, with their probabilities. */
export async function predict(
  files: readonly string[],
  { run, top, json, ...device }: PredictOptions,
): Promise<void> {
  checkBackend(device.backend);
  const { folder, settings } = await openRun(run);
  await startBackend(device);
  const { model } = await loadModel(folder, settings);
  for (const file of files) {
    try {
      const classes = await classify(model, await decodePicture(file), settings.task, { top });
      if (json) printJson({ file, classes });
      else printClasses(file, classes);
    } catch (error) {
      // The other pictures can still be named.
      const { message, exitCode } = describeFailure(error);
      fail(message);
      process.exitCode = exitCode;
    }
  }
}

function printClasses(file: string, classes: readonly Classification[]): void {
  const width = Math.max(...classes.map(({ className }) => className.length));
  print(style('bold', file));
  for (const { className, probability } of classes) {
    const bar = '━'.repeat(Math.round(BAR_WIDTH * probability));
    print(`  ${className.padEnd(width)}  ${formatShare(probability).padStart(8)}  ${bar}`.trimEnd());
  }
}
