import type * as tf from '@tensorflow/tfjs-core';
import { Buffer } from './buffer.js';
import { BlocksError } from './error.js';
import type { Module } from './module.js';
import { Parameter } from './parameter.js';
import { type FoundLeaf, leavesOf } from './walk.js';

/** Values of one parameter or buffer, row by row. */
export interface StateValue {
  shape: readonly number[];
  data: Float32Array;
}

function variableOf({ path, leaf }: FoundLeaf): tf.Variable {
  if (leaf.initialized) return leaf.value;
  throw new BlocksError('NOT_INITIALIZED', {
    where: path,
    expected: 'a value',
    received: "none: its shape follows from the model's input",
    fix: 'Call init(model, inputShape, { seed }) first.',
  });
}

/**
 * All parameters and buffers by path, such as `stages.0.0.bn1.runningMean`, in the order of the fields.
 * They stay the model's own: reading is free, disposing breaks it. What two modules share appears once.
 *
 * @throws BlocksError `NOT_INITIALISED`
 */
export function stateDict(model: Module): Map<string, tf.Variable> {
  return new Map(leavesOf(model).map((found) => [found.path, variableOf(found)]));
}

/**
 * The values of all parameters and buffers by path, read from the device at once: those of one moment, also while a run
 * goes on. The arrays are plain data, which can be kept, saved, or posted to another thread; don't change them, since
 * on a CPU backend the model may share them.
 *
 * @throws BlocksError `NOT_INITIALISED`
 *
 * @example
 * loadStateDict(b, await readStateDict(a));
 */
export async function readStateDict(model: Module): Promise<Map<string, StateValue>> {
  const read = [...stateDict(model)].map(async ([path, variable]): Promise<[string, StateValue]> => {
    const data = await variable.data<'float32'>();
    return [path, { shape: variable.shape, data }];
  });
  return new Map(await Promise.all(read));
}

/**
 * What an optimiser trains, without what `setTrainable` has set apart: `optimizer.minimize(loss, false, parameters(model))`.
 *
 * @throws BlocksError `NOT_INITIALISED`
 */
export function parameters(model: Module): tf.Variable[] {
  return leavesOf(model)
    .filter(({ leaf }) => leaf.trainable)
    .map(variableOf);
}

/** The parameters by path, with their roles: for rules such as "no weight decay on biases". Needs no `init`. */
export function namedParameters(model: Module): Map<string, Parameter> {
  return new Map(
    leavesOf(model).flatMap(({ path, leaf }): [string, Parameter][] =>
      leaf instanceof Parameter ? [[path, leaf]] : [],
    ),
  );
}

/**
 * What is kept but not trained: the running statistics.
 *
 * @throws BlocksError `NOT_INITIALISED`
 */
export function buffers(model: Module): tf.Variable[] {
  return leavesOf(model)
    .filter(({ leaf }) => leaf instanceof Buffer)
    .map(variableOf);
}

/** Frees all parameters and buffers. The model can be initialised again. */
export function dispose(model: Module): void {
  for (const { leaf } of leavesOf(model)) leaf.dispose();
}
