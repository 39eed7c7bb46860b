import { encodeModel } from '@residual/recipes';
import type { EndEvent } from '@residual/trainer';
import type { RunView } from '../view/view.js';
import type { PreparedRun } from './prepared.js';
import { RunRecord } from './record.js';

/**
 * Follows a run to its end, or to where it is told to stop: writes what belongs into its folder and shows how it goes.
 * The model is written last, so that a folder with a model is complete.
 *
 * @throws TrainerError when the loss isn't finite or a file can't be written; the latest checkpoint stays.
 */
export async function conduct(prepared: PreparedRun, view: RunView): Promise<EndEvent | undefined> {
  const { run, folder, settings, backend, recipeReason, isResumed, warning } = prepared;
  const record = new RunRecord(folder, settings);
  if (isResumed) await record.restore();
  let end: EndEvent | undefined;
  try {
    const { name, device, passedOver } = backend;
    const about = { folder: folder.path, recipe: recipeReason, model: settings.recipe.model, isResumed };
    view.show(await record.add({ type: 'run', ...about, backend: name, device, passedOver }));
    if (warning !== undefined) view.show(await record.add({ type: 'warning', message: warning }));
    for await (const event of run.events) {
      view.show(await record.add(event));
      if (event.type === 'end') end = event;
    }
    if (end?.reason === 'completed') await folder.writeModel(await encodeModel(run.model, settings));
  } finally {
    view.close();
  }
  return end;
}
