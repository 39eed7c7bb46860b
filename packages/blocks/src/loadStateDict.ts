import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from './error.js';
import type { Module } from './module.js';
import { type StateValue, stateDict } from './stateDict.js';

export interface LoadStateDictOptions {
  /** Default true: all names and shapes must match. False: loads what fits, and tells what didn't. */
  strict?: boolean;
}

/** What came of loading, by path. All but `loaded` are empty after a strict load. */
export interface LoadedState {
  loaded: string[];
  /** In the model, not in the state: kept as it was. */
  missing: string[];
  /** In the state, not in the model: left out. */
  unexpected: string[];
  /** In both, but of another shape or type: kept as it was. */
  mismatched: { path: string; expected: string; received: string }[];
}

type Given = StateValue | tf.Tensor;

/** What can't be loaded about a value, if anything. */
function misfit(expected: number[], value: Given): { expected: string; received: string } | undefined {
  const isTensor = value instanceof tf.Tensor;
  // By its tag: in a test runner with a realm for each file, a file's own Float32Array is another class.
  const type = isTensor ? value.dtype : String(value.data?.[Symbol.toStringTag] ?? 'another type');
  if (type !== (isTensor ? 'float32' : 'Float32Array')) {
    return { expected: 'float32 values', received: type };
  }
  if (!tf.util.arraysEqual(expected, [...value.shape])) {
    return { expected: `shape [${expected}]`, received: `[${value.shape}]` };
  }
  if (isTensor) return value.isDisposed ? { expected: 'values', received: 'a disposed tensor' } : undefined;
  const size = tf.util.sizeFromShape(expected);
  return value.data.length === size
    ? undefined
    : { expected: `${size} values`, received: `${value.data.length}` };
}

function compare(
  variables: ReadonlyMap<string, tf.Variable>,
  state: ReadonlyMap<string, Given>,
): LoadedState {
  const mismatched = [...state].flatMap(([path, value]) => {
    const variable = variables.get(path);
    const problem = variable && misfit(variable.shape, value);
    return problem === undefined ? [] : [{ path, ...problem }];
  });
  const unfit = new Set(mismatched.map(({ path }) => path));
  const paths = [...variables.keys()];
  return {
    loaded: paths.filter((path) => state.has(path) && !unfit.has(path)),
    missing: paths.filter((path) => !state.has(path)),
    unexpected: [...state.keys()].filter((path) => !variables.has(path)),
    mismatched,
  };
}

function assertWhole({ missing, unexpected, mismatched }: LoadedState): void {
  const misfits = mismatched.map(
    ({ path, expected, received }) => `${path} (expected ${expected}, received ${received})`,
  );
  const problems = Object.entries({ missing, unexpected, mismatched: misfits }).flatMap(([kind, paths]) =>
    paths.length > 0 ? [`${kind}: ${paths.join(', ')}`] : [],
  );
  if (problems.length === 0) return;
  throw new BlocksError('STATE', {
    where: 'loadStateDict',
    expected: 'a state that fits this model',
    received: `another, of which nothing was loaded; ${problems.join('; ')}`,
    fix:
      'Build the model with the options it was saved with, and initialise it for the same input; ' +
      'or pass { strict: false } to load what fits.',
  });
}

/** A tensor of its own that holds the value. */
function tensorOf(value: Given): tf.Tensor {
  // tfjs never changes a tensor's values: a clone shares them, and a variable that is assigned later points elsewhere.
  if (value instanceof tf.Tensor) return tf.clone(value);
  // A copy: on a CPU backend the tensor would go on sharing the caller's array.
  return tf.tensor(new Float32Array(value.data), [...value.shape], 'float32');
}

/**
 * Sets the parameters and buffers of an initialised model, as PyTorch's `load_state_dict`. Strictly, unless told
 * otherwise: all names and shapes must match, and nothing is set unless they do.
 *
 * @param state by path, as `stateDict(model)` names them: arrays, which are copied, or tensors such as another model's
 *   variables, which stay the caller's and aren't copied
 * @returns what was loaded and, with `strict: false`, what wasn't and why
 * @throws BlocksError `STATE`, listing what is missing, unexpected or of another shape; `NOT_INITIALISED`.
 *
 * @example
 * loadStateDict(b, stateDict(a)); // both models go on with the same values
 * const { missing } = loadStateDict(model, trunk, { strict: false }); // ['head.linear.weight', 'head.linear.bias']
 */
export function loadStateDict(
  model: Module,
  state: ReadonlyMap<string, StateValue | tf.Tensor>,
  { strict = true }: LoadStateDictOptions = {},
): LoadedState {
  const variables = stateDict(model);
  const report = compare(variables, state);
  if (strict) assertWhole(report);
  for (const path of report.loaded) {
    const tensor = tensorOf(state.get(path)!);
    variables.get(path)!.assign(tensor);
    tensor.dispose();
  }
  return report;
}
