import { limit as limitTo, PictureLoader } from '@residual/data';
import { recipeInput } from '@residual/recipes';
import { evaluate as evaluateModel } from '@residual/trainer';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { loadDataset } from '../dataset.js';
import { formatCount, formatLoss, formatShare } from '../format.js';
import { print, printJson } from '../output.js';
import { loadModel } from '../run/modelFile.js';
import { openRun } from '../run/open.js';

export interface EvaluateOptions extends BackendOptions {
  run?: string;
  data?: string;
  limit?: number;
  json?: boolean;
}

/** Prints the loss and the accuracy of a run's model on the test images. */
export async function evaluate({ run, data, limit, json, ...device }: EvaluateOptions): Promise<void> {
  checkBackend(device.backend);
  const { folder, settings } = await openRun(run);
  const { test } = await loadDataset(data ?? settings.data ?? undefined);
  const { name: backend } = await startBackend(device);
  const { model, file } = await loadModel(folder, settings);
  const loader = new PictureLoader(limit === undefined ? test : limitTo(test, limit), {
    batchSize: settings.recipe.batchSize,
  });
  const { loss, accuracy, count } = await evaluateModel(model, loader, recipeInput(settings.recipe));
  if (json) return printJson({ model: file, images: count, loss, accuracy, backend });
  print(`model     ${file}`);
  print(`images    ${formatCount(count)} of ${test.name}`);
  print(`loss      ${formatLoss(loss)}`);
  print(`accuracy  ${formatShare(accuracy)}`);
}
