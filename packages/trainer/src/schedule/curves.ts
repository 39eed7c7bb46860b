import { cos, power } from '@residual/random';
import {
  type CosineOptions,
  checked,
  progress,
  risen,
  type Schedule,
  scheduleDefaults,
  type WarmupOptions,
} from './schedule.js';

export interface CosineRestartsOptions extends CosineOptions {
  /** How many times the curve falls. */
  cycles?: number;
  /** How many times as long each cycle is as the one before: PyTorch's `T_mult`, timm's `cycle_mul`. */
  cycleMultiplier?: number;
  /** The top of each cycle, as a share of the one before: timm's `cycle_decay`. In (0, 1]. */
  cycleDecay?: number;
}

export interface OneCycleCosineOptions extends WarmupOptions {
  /** The first rate is the optimiser's divided by this. */
  divFactor?: number;
  /** The last rate is the first divided by this. */
  finalDivFactor?: number;
}

/**
 * Falls along half a cosine, after the warm-up: PyTorch's `CosineAnnealingLR`.
 *
 * Source: Loshchilov & Hutter, "SGDR" (arXiv 1608.03983), equation 5, without restarts.
 */
export function cosine(options: CosineOptions = {}): Schedule {
  const { warmup, minimum } = checked('cosine', { ...scheduleDefaults.cosine, ...options });
  return (step, totalSteps, base) => {
    const { rise, fall } = progress(step, totalSteps, warmup);
    return base * rise * (minimum + (1 - minimum) * halfCosine(fall));
  };
}

/**
 * Falls along half a cosine several times, after the warm-up: PyTorch's `CosineAnnealingWarmRestarts`, whose first cycle is so
 * long that the last one ends with the run, and timm's `CosineLRScheduler` with `warmup_prefix`.
 *
 * Source: Loshchilov & Hutter, "SGDR" (arXiv 1608.03983), equation 5.
 */
export function cosineRestarts(options: CosineRestartsOptions = {}): Schedule {
  const { warmup, minimum, cycles, cycleMultiplier, cycleDecay } = checked('cosineRestarts', {
    ...scheduleDefaults.cosineRestarts,
    ...options,
  });
  const lengths = Array.from({ length: cycles }, (_, cycle) => power(cycleMultiplier, cycle));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return (step, totalSteps, base) => {
    const warmupSteps = Math.round(warmup * totalSteps);
    if (step < warmupSteps) return base * risen(step, totalSteps, warmup);
    let place = ((step - warmupSteps) * whole) / (totalSteps - warmupSteps); // in first cycles
    let cycle = 0;
    for (; cycle < cycles - 1 && place >= lengths[cycle]!; cycle++) place -= lengths[cycle]!;
    const top = power(cycleDecay, cycle);
    return base * (minimum + (top - minimum) * halfCosine(place / lengths[cycle]!));
  };
}

/**
 * Rises linearly to the optimiser's learning rate, then falls linearly to 0.
 *
 * Source: the one-cycle policy of Smith & Topin, "Super-Convergence" (arXiv 1708.07120), with a straight fall to 0.
 */
export function oneCycle(options: WarmupOptions = {}): Schedule {
  const { warmup } = checked('oneCycle', { ...scheduleDefaults.oneCycle, ...options });
  return (step, totalSteps, base) => {
    const { rise, fall } = progress(step, totalSteps, warmup);
    return base * rise * (1 - fall);
  };
}

/**
 * Rises along half a cosine to the optimiser's learning rate, then falls along another to almost nothing: PyTorch's `OneCycleLR`
 * with its `max_lr`, and with the warm-up as its `pct_start`.
 *
 * Source: Smith & Topin, "Super-Convergence" (arXiv 1708.07120); the curves are PyTorch's.
 */
export function oneCycleCosine(options: OneCycleCosineOptions = {}): Schedule {
  const { warmup, divFactor, finalDivFactor } = checked('oneCycleCosine', {
    ...scheduleDefaults.oneCycleCosine,
    ...options,
  });
  return (step, totalSteps, base) => {
    const top = warmup * totalSteps - 1; // the step of the highest rate
    const first = base / divFactor;
    const last = first / finalDivFactor;
    if (step <= top) return base + (first - base) * halfCosine(step / top);
    return last + (base - last) * halfCosine((step - top) / (totalSteps - 1 - top));
  };
}

/** From 1 at 0 to 0 at 1. */
const halfCosine = (x: number): number => 0.5 * (1 + cos(Math.PI * x));
