import type * as tf from '@tensorflow/tfjs-core';
import type { Module } from './module.js';
import { modulesOf } from './walk.js';

/** One call of one module's `forward`, which `proceed` makes. */
interface ForwardCall {
  path: string;
  module: Module;
  input: tf.Tensor;
  proceed(): tf.Tensor;
}

/**
 * Runs `run` with the `forward` of each module inside the model going through `around`. Synchronous: when it returns
 * or throws, the model is as it was before.
 */
export function aroundForward<T>(model: Module, around: (call: ForwardCall) => tf.Tensor, run: () => T): T {
  const restores = modulesOf(model).map(({ path, module }) => shadowForward(module, path, around));
  try {
    return run();
  } finally {
    for (const restore of restores) restore();
  }
}

/** Puts a `forward` of its own on the instance, in front of its class's; returns how to take it away. */
function shadowForward(module: Module, path: string, around: (call: ForwardCall) => tf.Tensor): () => void {
  const before = Object.getOwnPropertyDescriptor(module, 'forward');
  const forward = module.forward;
  // Layers may take more than (x, mode), such as batch normalisation's addend: pass on whatever comes.
  const shadow = (...args: Parameters<Module['forward']>): tf.Tensor =>
    around({ path, module, input: args[0], proceed: () => forward.apply(module, args) });
  Object.defineProperty(module, 'forward', { value: shadow, configurable: true, enumerable: false });
  return () => {
    if (before === undefined) Reflect.deleteProperty(module, 'forward');
    else Object.defineProperty(module, 'forward', before);
  };
}
