import { buffers, dispose, init, type Module, namedParameters, stateDict, zeros } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { fillByFormula } from './formula.js';
import { gradientName } from './subject.js';

/** Lets `use` have a model whose parameters and statistics come from the formula, and frees it afterwards. */
export function withModel<M extends Module, T>(
  model: M,
  inputShape: readonly number[],
  seed: number,
  use: (model: M) => T,
): T {
  init(model, inputShape, { seed, initializer: () => zeros });
  try {
    fillByFormula(model, seed);
    return use(model);
  } finally {
    dispose(model);
  }
}

/**
 * One training pass of a model: the value of `f` and, from the gradient `dy` that comes in, those of `inputs` (`dx`)
 * and of the parameters (`gradient.<path>`); then the running statistics (`statistic.<path>`).
 */
export function trainingPass(
  model: Module,
  f: () => tf.Tensor,
  dy: tf.Tensor,
  inputs: tf.NamedTensorMap = {},
): { value: tf.Tensor; results: tf.NamedTensorMap } {
  const names = Object.keys(inputs).map(gradientName);
  const tensors = Object.values(inputs);
  for (const [path, parameter] of namedParameters(model)) {
    names.push(`gradient.${path}`);
    tensors.push(parameter.value);
  }
  const { value, grads } = tf.valueAndGrads(() => f())(tensors, dy);
  const results = Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
  const statistics = new Set(buffers(model));
  for (const [path, variable] of stateDict(model)) {
    if (statistics.has(variable)) results[`statistic.${path}`] = tf.clone(variable);
  }
  return { value, results };
}
