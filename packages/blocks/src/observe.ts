import type * as tf from '@tensorflow/tfjs-core';
import { aroundForward } from './aroundForward.js';
import type { Module } from './module.js';

/** One call of one module. The tensors are borrowed: `tf.keep(output.clone())` keeps one. */
export interface Observation {
  /** Such as `stages.0.1.conv2`. */
  path: string;
  module: Module;
  input: tf.Tensor;
  output: tf.Tensor;
}

/**
 * Runs `run` and shows each module's output, at every depth, to `onOutput` at the moment it is computed: the modules
 * inside one before the module itself. A tensor that `onOutput` returns takes the output's place.
 *
 * `run` must be synchronous: when it returns, the model is as it was before.
 *
 * @example
 * const shapes: string[] = [];
 * observe(model, ({ path, output }) => void shapes.push(`${path}: ${output.shape}`), () => predict(model, x));
 */
export function observe<T>(
  model: Module,
  onOutput: (observation: Observation) => tf.Tensor | undefined,
  run: () => T,
): T {
  return aroundForward(
    model,
    ({ path, module, input, proceed }) => {
      const output = proceed();
      return onOutput({ path, module, input, output }) ?? output;
    },
    run,
  );
}
