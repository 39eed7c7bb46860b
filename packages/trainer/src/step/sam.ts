import { positive, requireNumber } from '../error.js';
import type { Optimizer } from './rule.js';
import { optimizerDefaults, optionProblem } from './settings.js';

/** An optimizer that goes by the gradients of a place nearby: with all settings of `base`. */
export type Sam = {
  readonly name: 'sam';
  readonly base: keyof typeof optimizerDefaults;
  readonly rho: number;
  readonly learningRate: number;
  readonly weightDecay?: number;
  readonly [setting: string]: string | number | boolean | undefined;
};

export interface SamOptions {
  /** How far the place is from the weights, as one vector. Default 0.05. */
  rho?: number;
}

/**
 * Sharpness-aware minimisation: goes to where the loss is largest within `rho` (to first order), and lets `base` move the weights by the
 * gradients there, which looks for flat minima. A step costs two; the running statistics are those of the first pass, and so is the loss that is told.
 * Keeps what `base` does. Source: Foret et al., "Sharpness-Aware Minimization" (arXiv 2010.01412), algorithm 1.
 *
 * @param base one that is built in
 * @throws TrainerError `OPTION`
 *
 * @example
 * sam(sgd({ learningRate: 0.1, momentum: 0.9 }), { rho: 0.05 });
 */
export function sam(base: Optimizer, { rho = 0.05 }: SamOptions = {}): Sam {
  const { name, ...settings } = base;
  requireNumber('sam: rho', rho, positive, 'Try 0.05, or leave it out.');
  if (typeof name === 'string' && Object.hasOwn(optimizerDefaults, name) && base.version === undefined)
    return { ...settings, name: 'sam', base: name, rho } as unknown as Sam;
  const expected = `one of ${Object.keys(optimizerDefaults).join(', ')}`;
  throw optionProblem('sam: base', expected, String(name), 'Give one that is built in, such as sgd.');
}

/** The value of `base` in that of {@link sam}. */
export function baseOf({ base, rho: _, ...settings }: Optimizer): Optimizer {
  return { ...settings, name: String(base) } as Optimizer;
}
