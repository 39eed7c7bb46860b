import { power } from '@residual/random';
import { TrainerError } from '../error.js';
import {
  type CosineOptions,
  checked,
  risen,
  type Schedule,
  scheduleDefaults,
  type WarmupOptions,
} from './schedule.js';

export interface StepOptions extends WarmupOptions {
  /** The share of the run after which the rate falls, again and again. In (0, 1]. */
  every?: number;
  /** What it is multiplied by. In (0, 1). */
  gamma?: number;
}

export interface MultiStepOptions extends WarmupOptions {
  /** The shares of the run at which the rate falls, in rising order. In (0, 1). */
  milestones?: readonly number[];
  /** What it is multiplied by. In (0, 1). */
  gamma?: number;
}

export interface WarmUpStableDecayOptions extends CosineOptions {
  /** The share of the run, at its end, during which the rate falls. In [0, 1). */
  decay?: number;
}

/** The optimiser's learning rate all along, after the warm-up. */
export function constantRate(options: WarmupOptions = {}): Schedule {
  const { warmup } = checked('constant', { ...scheduleDefaults.constant, ...options });
  return (step, totalSteps, base) => base * risen(step, totalSteps, warmup);
}

/** Falls by a factor after each such share of the run: PyTorch's `StepLR`. The warm-up multiplies. */
export function stepwise(options: StepOptions = {}): Schedule {
  const { warmup, every, gamma } = checked('step', { ...scheduleDefaults.step, ...options });
  return (step, totalSteps, base) => {
    const length = Math.max(1, Math.round(every * totalSteps));
    return base * risen(step, totalSteps, warmup) * power(gamma, Math.floor(step / length));
  };
}

/**
 * Falls by a factor at each milestone: PyTorch's `MultiStepLR`. The warm-up multiplies.
 *
 * The default is that of He et al. (arXiv 1512.03385), section 4.2: after a half and three quarters of the run.
 */
export function multiStep(options: MultiStepOptions = {}): Schedule {
  const { warmup, milestones, gamma } = checked('multiStep', { ...scheduleDefaults.multiStep, ...options });
  if (!milestones.every((share, i) => share > (milestones[i - 1] ?? 0) && share < 1)) {
    throw new TrainerError('OPTION', {
      where: 'multiStep: milestones',
      expected: 'rising shares of the run, above 0 and below 1',
      received: `[${milestones.join(', ')}]`,
      fix: 'Try [0.5, 0.75].',
    });
  }
  return (step, totalSteps, base) => {
    const passed = milestones.filter((milestone) => step >= Math.round(milestone * totalSteps)).length;
    return base * risen(step, totalSteps, warmup) * power(gamma, passed);
  };
}

/**
 * Rises, stays, and falls linearly at the end.
 *
 * Source: Hu et al., "MiniCPM" (arXiv 2404.06395), section 4; the straight fall of Hägele et al. (arXiv 2405.18392).
 */
export function warmUpStableDecay(options: WarmUpStableDecayOptions = {}): Schedule {
  const { warmup, minimum, decay } = checked('warmUpStableDecay', {
    ...scheduleDefaults.warmUpStableDecay,
    ...options,
  });
  if (warmup + decay > 1) {
    throw new TrainerError('OPTION', {
      where: 'warmUpStableDecay: decay',
      expected: `at most ${1 - warmup}, what the warm-up of ${warmup} leaves of the run`,
      received: String(decay),
      fix: 'Shorten one of them.',
    });
  }
  return (step, totalSteps, base) => {
    const decaySteps = Math.round(decay * totalSteps);
    const late = step - (totalSteps - decaySteps);
    const fallen = late < 0 ? 1 : 1 - (1 - minimum) * (late / decaySteps);
    return base * risen(step, totalSteps, warmup) * fallen;
  };
}
