import { RandomModule } from './layers/dropout.js';
import type { Module } from './module.js';
import { modulesOf } from './walk.js';

/** What the numbers of a pass through a model are a function of, beside the path of each module. */
export interface Randomness {
  /** An integer from 0 to 2^53 - 1. */
  seed: number;
  /** The number of the pass in the run, from 0: each pass draws anew. */
  pass: number;
}

/**
 * Runs `run`, in which modules that draw random numbers (`Dropout`, `StochasticDepth`) may run in 'train' mode. Synchronous: when it returns or
 * throws, the model is as it was before.
 *
 * @example
 * const logits = withRandomness(model, { seed: 0, pass: step }, () => model.forward(x, 'train'));
 */
export function withRandomness<T>(model: Module, { seed, pass }: Randomness, run: () => T): T {
  const modules = [{ path: '', module: model }, ...modulesOf(model)].flatMap(({ path, module }) =>
    module instanceof RandomModule ? { path, module } : [],
  );
  for (const { path, module } of modules) module.drawFrom({ seed, purpose: `drop.${path}`, stream: pass });
  try {
    return run();
  } finally {
    for (const { module } of modules) module.drawFrom(undefined);
  }
}
