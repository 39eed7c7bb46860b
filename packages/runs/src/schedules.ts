import {
  type CosineOptions,
  type CosineRestartsOptions,
  type MultiStepOptions,
  type OneCycleCosineOptions,
  type PlateauOptions,
  type Schedule,
  type StepOptions,
  scheduleDefaults,
  schedules,
  type WarmUpStableDecayOptions,
  type WarmupOptions,
} from '@residual/trainer';
import * as v from 'valibot';
import { RunsError } from './error.js';
import { belowOne, factor, integer, positive, shareAboveZero } from './numbers.js';

/** A learning rate schedule as plain JSON: one of the trainer's, with all its options. */
export type ScheduleValue = {
  readonly [Name in keyof ScheduleOptions]: { readonly name: Name } & Readonly<
    Required<ScheduleOptions[Name]>
  >;
}[keyof ScheduleOptions];

interface ScheduleOptions {
  constant: WarmupOptions;
  cosine: CosineOptions;
  cosineRestarts: CosineRestartsOptions;
  oneCycle: WarmupOptions;
  oneCycleCosine: OneCycleCosineOptions;
  step: StepOptions;
  multiStep: MultiStepOptions;
  warmUpStableDecay: WarmUpStableDecayOptions;
  plateau: PlateauOptions;
}

const warmup = { warmup: belowOne };
const curve = { ...warmup, minimum: belowOne };

export const scheduleSchema = v.variant('name', [
  v.strictObject({ name: v.literal('constant'), ...warmup }),
  v.strictObject({ name: v.literal('cosine'), ...curve }),
  v.strictObject({
    name: v.literal('cosineRestarts'),
    ...curve,
    cycles: integer(1),
    cycleMultiplier: positive,
    cycleDecay: shareAboveZero,
  }),
  v.strictObject({ name: v.literal('oneCycle'), ...warmup }),
  v.strictObject({
    name: v.literal('oneCycleCosine'),
    ...warmup,
    divFactor: positive,
    finalDivFactor: positive,
  }),
  v.strictObject({ name: v.literal('step'), ...warmup, every: shareAboveZero, gamma: factor }),
  v.strictObject({ name: v.literal('multiStep'), ...warmup, milestones: v.array(factor), gamma: factor }),
  v.strictObject({ name: v.literal('warmUpStableDecay'), ...curve, decay: belowOne }),
  v.strictObject({
    name: v.literal('plateau'),
    ...curve,
    factor,
    patience: integer(0),
    threshold: belowOne,
    cooldown: integer(0),
  }),
]);

/** @throws TrainerError `OPTION` where options don't fit together */
export function scheduleOf({ name, ...options }: ScheduleValue): Schedule {
  return schedules[name](options);
}

/**
 * The schedule that is asked for: by name, with its own options, or whole.
 *
 * @throws RunsError `OPTION`
 */
export function scheduleValue(
  schedule: string | ScheduleValue | undefined,
  ofRecipe: ScheduleValue,
): ScheduleValue {
  if (typeof schedule !== 'string') return schedule ?? ofRecipe;
  if (Object.hasOwn(scheduleDefaults, schedule)) {
    return {
      name: schedule,
      ...scheduleDefaults[schedule as keyof typeof scheduleDefaults],
    } as ScheduleValue;
  }
  const names = Object.keys(scheduleDefaults).join(', ');
  throw new RunsError('OPTION', {
    where: 'schedule',
    expected: `one of ${names}`,
    received: JSON.stringify(schedule),
    fix: 'Choose one of them.',
  });
}
