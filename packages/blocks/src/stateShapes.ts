import * as tf from '@tensorflow/tfjs-core';
import { dryRun } from './dryRun.js';
import type { Module } from './module.js';
import { leavesOf } from './walk.js';

/**
 * The shape of each parameter and buffer by path, in the order of `stateDict`, that an input of `inputShape` asks for.
 *
 * Does no arithmetic. A model that isn't initialised yet stays so.
 *
 * @param inputShape with the batch, such as [1, 224, 224, 3]
 * @throws BlocksError `SHAPE` when the input doesn't fit, with the path of the layer.
 */
export function stateShapes(model: Module, inputShape: readonly number[]): Map<string, readonly number[]> {
  const created = dryRun(model, inputShape, (_, shape) => tf.zeros(shape));
  const shapes = leavesOf(model).map(({ path, leaf }): [string, number[]] => [path, leaf.value.shape]);
  for (const { leaf } of created) leaf.dispose();
  return new Map(shapes);
}
