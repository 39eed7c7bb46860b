import { randomStream } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { dryRun } from './dryRun.js';
import { BlocksError } from './error.js';
import type { InitializerRule } from './initializerRules.js';
import type { Module } from './module.js';
import { Parameter } from './parameter.js';
import { leavesOf } from './walk.js';

export interface InitOptions {
  /** An integer from 0 to 2^53 - 1. Each value is a function of the seed and of its parameter's path alone. */
  seed: number;
  /** Chooses initialisers for the whole model, before its own rules and layers do. */
  initializer?: InitializerRule;
}

/**
 * Creates a model's parameters and buffers, with the shapes that an input of `inputShape` asks for.
 *
 * Their shapes come from one forward pass that does no arithmetic and moves no running statistic. Parts that were
 * initialised before (a trained trunk under a new head) keep their values; what is there must fit.
 *
 * @param inputShape with the batch, such as [1, 96, 96, 1]
 * @returns the model itself
 * @throws BlocksError `SHAPE` when the input or an initialised part doesn't fit (with the path of the layer),
 *   `ALREADY_INITIALISED` when there is nothing left to create, `UNUSED` when forward leaves a parameter out.
 *   After an error the model is as it was.
 */
export function init<M extends Module>(
  model: M,
  inputShape: readonly number[],
  { seed, initializer }: InitOptions,
): M {
  const leaves = leavesOf(model);
  if (leaves.length > 0 && leaves.every(({ leaf }) => leaf.initialized)) {
    throw new BlocksError('ALREADY_INITIALIZED', {
      where: 'init',
      expected: 'a model with something to create',
      received: 'one that is initialised already',
      fix: 'Make another model, or call dispose(model) first to start this one afresh.',
    });
  }
  dryRun(model, inputShape, ({ path, leaf, rule }, shape, fans) => {
    const facts = leaf instanceof Parameter ? { role: leaf.role, path, shape } : undefined;
    const chosen = facts && (initializer?.(facts) ?? rule?.(facts));
    const values = (chosen ?? leaf.initializer)(shape, fans, randomStream({ seed, purpose: path }));
    return tf.tensor(values, shape, 'float32');
  });
  return model;
}
