import { dispose, init, loadStateDict, type StateValue, zeros } from '@residual/blocks';
import type { Piece, Task } from '@residual/data';
import { type Checkpoint, type Classifier, weightsOf } from '@residual/trainer';
import { parseRunConfig, type RunConfig } from './config.js';
import { modelOf } from './pieces.js';

/** What a network is besides its weights: enough to build it, to prepare its pictures and to name its answers. */
export interface ModelFacts {
  task: Task;
  /** A row of `@residual/models`, or one of `defineModel`. */
  model: Piece;
}

/** A task's network with the weights that a run begins with. Belongs to the caller. */
export function newModel(facts: ModelFacts, seed: number): Classifier {
  return init(networkOf(facts), inputShapeOf(facts.task), { seed });
}

/**
 * A task's network with these weights. Belongs to the caller.
 *
 * @throws BlocksError `STATE` when they are another network's; RunsError `MISSING_PIECE`.
 */
export function loadedModel(facts: ModelFacts, weights: ReadonlyMap<string, StateValue>): Classifier {
  const model = init(networkOf(facts), inputShapeOf(facts.task), { seed: 0, initializer: () => zeros });
  try {
    loadStateDict(model, weights);
  } catch (error) {
    dispose(model);
    throw error;
  }
  return model;
}

/** A task's network, without values. */
export function networkOf({ task, model }: ModelFacts): Classifier {
  return modelOf(model, 'model').create({ numClasses: task.classNames.length });
}

/** [1, H, W, C] of what a task's network sees. */
export function inputShapeOf({
  picture: { height, width, channels },
}: Task): [number, number, number, number] {
  return [1, height, width, channels];
}

/**
 * Builds the network of a run's checkpoint, with the weights that validation saw: to evaluate and predict with.
 *
 * @returns the model, which belongs to the caller, and the configuration of its run
 * @throws RunsError `OPTION` or `VERSION` when no run wrote the checkpoint; BlocksError `STATE` when its weights don't fit.
 *
 * @example
 * const { model, config } = restoreModel(await readCheckpoint(storage, 'checkpoint-000003752.safetensors'));
 * const [likeliest] = await classify(model, picture, config.task);
 */
export function restoreModel(checkpoint: Checkpoint): { model: Classifier; config: RunConfig } {
  const config = parseRunConfig(checkpoint.config, checkpoint.name);
  return {
    model: loadedModel({ task: config.task, model: config.training.model }, weightsOf(checkpoint)),
    config,
  };
}
