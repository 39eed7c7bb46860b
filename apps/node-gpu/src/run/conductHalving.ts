import { dispose } from '@residual/blocks';
import { type EndEvent, TrainerError } from '@residual/trainer';
import type { RunView } from '../view/view.js';
import { conduct } from './conduct.js';
import type { PreparedRun } from './prepared.js';

/**
 * {@link conduct}, for a batch that may be too large: where the device has no memory for it, the run begins again with half of
 * it, once. A run that has reported a step, or saved one, keeps its batch: another batch makes another run.
 */
export async function conductHalving(prepared: PreparedRun, view: RunView): Promise<EndEvent | undefined> {
  let hasBegun = prepared.isResumed;
  const watching: RunView = {
    show(event) {
      hasBegun ||= event.type === 'step' || event.type === 'checkpoint';
      view.show(event);
    },
    close: () => view.close(),
  };
  try {
    return await conduct(prepared, watching);
  } catch (error) {
    const { batchSize } = prepared.settings.recipe;
    const isTooLarge = error instanceof TrainerError && error.code === 'OUT_OF_MEMORY';
    if (!isTooLarge || hasBegun || batchSize === 1 || prepared.withBatchSize === undefined) throw error;
    const half = Math.floor(batchSize / 2);
    const again = await prepared.withBatchSize(half);
    dispose(prepared.run.model);
    const warning =
      `${error.message} Began again with a batch of ${half}; ` +
      "the learning rate stays, so this is not the recipe's run.";
    return conduct({ ...again, warning }, view);
  }
}
