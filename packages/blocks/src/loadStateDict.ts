import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from './error.js';
import type { Module } from './module.js';
import { stateDict } from './stateDict.js';

/** Values for one parameter or buffer, row by row. */
export interface StateValue {
  shape: readonly number[];
  data: Float32Array;
}

function misfit(expected: number[], { shape, data }: StateValue): string | undefined {
  if (!(data instanceof Float32Array)) return `expected float32 values, received another type`;
  if (!tf.util.arraysEqual(expected, [...shape])) return `expected shape [${expected}], received [${shape}]`;
  const size = tf.util.sizeFromShape(expected);
  return data.length === size ? undefined : `expected ${size} values, received ${data.length}`;
}

/**
 * Sets every parameter and buffer of an initialised model. All names and shapes must match; nothing is set unless they do.
 *
 * @param state by path, as `stateDict(model)` names them; copied
 * @throws BlocksError `STATE`, listing what is missing, unexpected or of another shape; `NOT_INITIALISED`.
 */
export function loadStateDict(model: Module, state: ReadonlyMap<string, StateValue>): void {
  const variables = stateDict(model);
  const missing = [...variables.keys()].filter((path) => !state.has(path));
  const unexpected = [...state.keys()].filter((path) => !variables.has(path));
  const mismatched = [...state].flatMap(([path, value]) => {
    const variable = variables.get(path);
    const problem = variable && misfit(variable.shape, value);
    return problem === undefined ? [] : [`${path} (${problem})`];
  });
  const problems = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${unexpected.join(', ')}`] : []),
    ...(mismatched.length > 0 ? [`mismatched: ${mismatched.join(', ')}`] : []),
  ];
  if (problems.length > 0) {
    throw new BlocksError(
      'STATE',
      `loadStateDict: the state doesn't fit this model, nothing was loaded; ${problems.join('; ')}. ` +
        'Build the model with the options it was saved with, and initialise it for the same input.',
    );
  }
  for (const [path, variable] of variables) {
    const { shape, data } = state.get(path)!;
    // A copy: on a CPU backend the tensor would go on sharing the caller's array.
    const tensor = tf.tensor(data.slice(), [...shape], 'float32');
    variable.assign(tensor);
    tensor.dispose();
  }
}
