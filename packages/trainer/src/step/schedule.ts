import { belowOne, requireNumber } from '../error.js';

/**
 * The learning rate of one step: a pure function, so a resumed run follows the same curve.
 *
 * @param step from 0 to totalSteps - 1
 * @param totalSteps of the whole run
 * @param base the optimiser's learning rate
 */
export type Schedule = (step: number, totalSteps: number, base: number) => number;

export interface WarmupOptions {
  /** The share of the run during which the rate rises from near 0 to the optimiser's. */
  warmup: number;
}

/** The optimiser's learning rate all along. */
export function constantRate(): Schedule {
  return (_step, _totalSteps, base) => base;
}

/**
 * Falls to 0 along half a cosine, after an optional linear warm-up. Default: no warm-up.
 *
 * Source: Loshchilov & Hutter, "SGDR" (arXiv 1608.03983), equation 5, without restarts.
 */
export function cosine({ warmup }: WarmupOptions = { warmup: 0 }): Schedule {
  requireNumber('cosine: warmup', warmup, belowOne, 'It is a share of the run, such as 0.05.');
  return (step, totalSteps, base) => {
    const { rise, fall } = progress(step, totalSteps, warmup);
    return base * rise * 0.5 * (1 + Math.cos(Math.PI * fall));
  };
}

/**
 * Rises linearly to the optimiser's learning rate, then falls linearly to 0. Default: a warm-up of 0.1.
 *
 * Source: the one-cycle policy of Smith & Topin, "Super-Convergence" (arXiv 1708.07120), with a straight fall to 0.
 */
export function oneCycle({ warmup }: WarmupOptions = { warmup: 0.1 }): Schedule {
  requireNumber('oneCycle: warmup', warmup, belowOne, 'It is a share of the run, such as 0.1.');
  return (step, totalSteps, base) => {
    const { rise, fall } = progress(step, totalSteps, warmup);
    return base * rise * (1 - fall);
  };
}

/** How far the run is: `rise` grows to 1 during the warm-up, `fall` from 0 towards 1 after it. */
function progress(step: number, totalSteps: number, warmup: number): { rise: number; fall: number } {
  const warmupSteps = Math.round(warmup * totalSteps);
  if (step < warmupSteps) return { rise: (step + 1) / warmupSteps, fall: 0 };
  return { rise: 1, fall: (step - warmupSteps) / (totalSteps - warmupSteps) };
}
