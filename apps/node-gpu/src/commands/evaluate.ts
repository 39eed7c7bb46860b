import { limit as limitTo, type Pictures } from '@residual/data';
import { batchesOf, type RunConfig, taskInput } from '@residual/runs';
import { evaluate as evaluateModel } from '@residual/trainer';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { CommandError } from '../error.js';
import { formatCount, formatLoss, formatShare } from '../format.js';
import { importForRun } from '../imports.js';
import { fitOf, loadPictures, sourceNamed } from '../named.js';
import { print, printJson, shellQuote, warn } from '../output.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/settings.js';

export interface EvaluateOptions extends BackendOptions {
  run?: string;
  import?: string[];
  data?: string;
  limit?: number;
  json?: boolean;
}

/** Prints the loss and the accuracy of a run's model on the test images. */
export async function evaluate({
  run,
  data,
  limit,
  import: files,
  json,
  ...device
}: EvaluateOptions): Promise<void> {
  checkBackend(device.backend);
  const { folder, settings } = await openRun(run);
  const { task, training, environment } = settings;
  await importForRun(environment.imports, files, `residual evaluate --run ${shellQuote(folder.path)}`);
  const source = data === undefined ? environment.data : await sourceNamed(data);
  const { test } = await loadPictures(source, `${folder.file('config.json')}: environment.data`, {
    ...fitOf(task),
    onRemark: warn,
  });
  requireClasses(test, task);
  const { name: backend } = await startBackend(device);
  const { model, file } = await loadModel(folder, settings);
  const input = taskInput(task);
  const pictures = limit === undefined ? test : limitTo(test, limit);
  const batches = batchesOf(pictures, input, { batchSize: training.batchSize });
  // A figure of the model and the pictures alone: another batch size gives the same bits.
  const { loss, accuracy, count } = await evaluateModel(model, batches, input.prepare, { batchFree: true });
  if (json) return printJson({ model: file, images: count, loss, accuracy, backend });
  print(`model     ${file}`);
  print(`images    ${formatCount(count)} of ${test.name}`);
  print(`loss      ${formatLoss(loss)}`);
  print(`accuracy  ${formatShare(accuracy)}`);
}

/** Other pictures may name their classes otherwise, or not at all: what counts is that the network has all of them. */
function requireClasses({ name, classNames }: Pictures, task: RunConfig['task']): void {
  if (classNames.length <= task.classNames.length) return;
  throw new CommandError('USAGE', {
    where: name,
    expected: `pictures of at most the ${task.classNames.length} classes that the network tells apart`,
    received: `${classNames.length} classes`,
    fix: 'Evaluate it on pictures of the kind that it learnt.',
  });
}
