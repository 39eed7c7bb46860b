import { type Run, type RunOptions, recipes, startRecipe } from '@residual/recipes';
import type { CheckpointPolicy, CheckpointStorage } from '@residual/trainer';
import type { Settings } from './session.js';

/** The checkpoint of a large network takes a second to write. */
const SAVE_EVERY_SECONDS = { small: 10, large: 60 };

/** Gets a run ready, at its beginning or where it was saved. */
export type Begin = (options: RunOptions & { checkpoints: CheckpointPolicy }) => Promise<Run>;

/** The beginning of a run with these settings. */
export function beginWith({ recipe, model, limit, batchSize, learningRate, epochs, seed }: Settings): Begin {
  const overrides = { model, batchSize, learningRate, epochs, seed, limit: limit ?? undefined };
  return (options) => startRecipe(recipes[recipe], { ...options, overrides });
}

/** When a run saves itself. */
export function checkpointPolicy({ model }: Settings, storage: CheckpointStorage): CheckpointPolicy {
  const everySeconds = model === 'resnet20' ? SAVE_EVERY_SECONDS.small : SAVE_EVERY_SECONDS.large;
  return { storage, everySeconds, keepLast: 1, keepBest: false };
}
