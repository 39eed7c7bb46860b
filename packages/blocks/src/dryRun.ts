import { evalShape } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from './error.js';
import type { Fans } from './fans.js';
import type { Module } from './module.js';
import { type FoundLeaf, leavesOf } from './walk.js';

/**
 * Runs `forward` once on shapes alone, in 'eval' mode, so that every parameter and buffer without a value gets one.
 * If anything throws, those are freed again.
 *
 * @returns the leaves that got a value
 */
export function dryRun(
  model: Module,
  inputShape: readonly number[],
  create: (found: FoundLeaf, shape: number[], fans: Fans) => tf.Tensor,
): FoundLeaf[] {
  const missing = leavesOf(model).filter(({ leaf }) => !leaf.initialised);
  for (const found of missing) {
    found.leaf.open(found.path, (shape, fans) => create(found, shape, fans));
  }
  try {
    tf.tidy(() => {
      evalShape(() => model.forward(tf.zeros([...inputShape]), 'eval'));
    });
    const unused = missing.filter(({ leaf }) => !leaf.initialised).map(({ path }) => path);
    if (unused.length > 0) {
      throw new BlocksError(
        'UNUSED',
        `forward never uses ${unused.join(', ')}, so there is no shape to create ${unused.length === 1 ? 'it' : 'them'} with. ` +
          'Use it in forward (in both modes), or remove the field.',
      );
    }
  } catch (error) {
    for (const { leaf } of missing) leaf.dispose();
    throw error;
  } finally {
    for (const { leaf } of missing) leaf.close();
  }
  return missing;
}
