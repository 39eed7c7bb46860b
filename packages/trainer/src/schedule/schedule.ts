import {
  belowOne,
  betweenZeroAndOne,
  type NumberRule,
  notNegativeInteger,
  positive,
  positiveInteger,
  requireNumber,
  shareAboveZero,
} from '../error.js';
import type { EpochRecord } from '../events.js';

/**
 * The learning rate of one step: a pure function, so a resumed run follows the same curve.
 *
 * @param step from 0 to totalSteps - 1
 * @param totalSteps of the whole run
 * @param base the optimiser's learning rate
 * @param history of the epochs so far, as a checkpoint holds it; a schedule reads no record of a later step
 */
export interface Schedule {
  (step: number, totalSteps: number, base: number, history?: readonly EpochRecord[]): number;
  /** Whether it goes by what validation says, so that there must be a validation part. */
  readonly needsValidation?: true;
}

export interface WarmupOptions {
  /** The share of the run during which the rate rises from near 0, in equal steps. In [0, 1). */
  warmup?: number;
}

export interface CosineOptions extends WarmupOptions {
  /** Where the curve ends, as a share of the optimiser's rate. In [0, 1). */
  minimum?: number;
}

/** What each schedule does where nothing else is said. */
export const scheduleDefaults = {
  constant: { warmup: 0 },
  cosine: { warmup: 0, minimum: 0 },
  cosineRestarts: { warmup: 0, minimum: 0, cycles: 3, cycleMultiplier: 2, cycleDecay: 1 },
  oneCycle: { warmup: 0.1 },
  oneCycleCosine: { warmup: 0.3, divFactor: 25, finalDivFactor: 1e4 },
  step: { warmup: 0, every: 1 / 3, gamma: 0.1 },
  multiStep: { warmup: 0, milestones: [0.5, 0.75], gamma: 0.1 },
  warmUpStableDecay: { warmup: 0.05, minimum: 0, decay: 0.2 },
  plateau: { warmup: 0, minimum: 0, factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0 },
} as const;

/** The share of the rate that a warm-up has reached: PyTorch's `LinearLR` from 1 / steps. */
export function risen(step: number, totalSteps: number, warmup: number): number {
  return progress(step, totalSteps, warmup).rise;
}

/** How far the run is: `rise` grows to 1 during the warm-up, `fall` from 0 towards 1 after it. */
export function progress(step: number, totalSteps: number, warmup: number): { rise: number; fall: number } {
  const warmupSteps = Math.round(warmup * totalSteps);
  if (step < warmupSteps) return { rise: (step + 1) / warmupSteps, fall: 0 };
  return { rise: 1, fall: (step - warmupSteps) / (totalSteps - warmupSteps) };
}

/** The rule of each option, and what to do about one that breaks it. */
const rules: Readonly<Record<string, readonly [NumberRule, string]>> = {
  warmup: [belowOne, 'It is a share of the run, such as 0.05.'],
  minimum: [belowOne, 'It is a share of the learning rate, such as 0.01.'],
  cycles: [positiveInteger, 'Try 3.'],
  cycleMultiplier: [positive, 'Try 2: each cycle is twice as long as the one before.'],
  cycleDecay: [shareAboveZero, 'Try 0.5, or 1 for tops of one height.'],
  divFactor: [positive, 'Try 25.'],
  finalDivFactor: [positive, 'Try 10000.'],
  every: [shareAboveZero, 'It is a share of the run, such as 0.3.'],
  gamma: [betweenZeroAndOne, 'Try 0.1.'],
  decay: [belowOne, 'It is a share of the run, such as 0.2.'],
  factor: [betweenZeroAndOne, 'Try 0.1.'],
  patience: [notNegativeInteger, 'Try 5.'],
  threshold: [belowOne, 'Try 0.0001.'],
  cooldown: [notNegativeInteger, 'Try 0.'],
};

/**
 * A schedule's options, which make sense.
 *
 * @throws TrainerError `OPTION` naming the first that does not
 */
export function checked<Options extends object>(name: string, options: Options): Options {
  for (const [option, value] of Object.entries(options)) {
    const [rule, fix] = rules[option] ?? [];
    if (rule !== undefined) requireNumber(`${name}: ${option}`, value, rule, fix);
  }
  return options;
}
