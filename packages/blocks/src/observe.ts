import type * as tf from '@tensorflow/tfjs-core';
import type { Module } from './module.js';
import { modulesOf } from './walk.js';

/** One call of one module. The tensors are borrowed: keep them with `tf.keep` or a clone. */
export interface Observation {
  /** Such as `stages.0.1.conv2`. */
  path: string;
  module: Module;
  input: tf.Tensor;
  output: tf.Tensor;
}

/**
 * Runs `run` and shows each module's output, at every depth, to `onOutput` at the moment it is computed: the modules
 * inside one before the module itself. A tensor returned by `onOutput` takes the output's place.
 *
 * `run` must be synchronous: when it returns, the model is as it was before.
 *
 * @example
 * // The first module whose output isn't finite.
 * observe(model, ({ path, output }) => void outputs.set(path, tf.keep(output.clone())), () => model.forward(x, 'train'));
 */
export function observe<T>(
  model: Module,
  onOutput: (observation: Observation) => tf.Tensor | undefined,
  run: () => T,
): T {
  const restores = modulesOf(model).map(({ path, module }) => shadowForward(module, path, onOutput));
  try {
    return run();
  } finally {
    for (const restore of restores) restore();
  }
}

/** Puts a `forward` of its own on the instance, in front of its class's; returns how to take it away. */
function shadowForward(
  module: Module,
  path: string,
  onOutput: (observation: Observation) => tf.Tensor | undefined,
): () => void {
  const before = Object.getOwnPropertyDescriptor(module, 'forward');
  const forward = module.forward;
  // Blocks pass more than (x, mode), such as batch normalisation's addend.
  const shadow = (...args: Parameters<Module['forward']>): tf.Tensor => {
    const output = forward.apply(module, args);
    return onOutput({ path, module, input: args[0], output }) ?? output;
  };
  Object.defineProperty(module, 'forward', { value: shadow, configurable: true, enumerable: false });
  return () => {
    if (before === undefined) Reflect.deleteProperty(module, 'forward');
    else Object.defineProperty(module, 'forward', before);
  };
}
