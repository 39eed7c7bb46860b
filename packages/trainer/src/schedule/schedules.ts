import { cosine, cosineRestarts, oneCycle, oneCycleCosine } from './curves.js';
import { plateau } from './plateau.js';
import type { Schedule, scheduleDefaults } from './schedule.js';
import { constantRate, multiStep, stepwise, warmUpStableDecay } from './steps.js';

/** What makes each schedule, by the name that files have for it; options that are left out are those of {@link scheduleDefaults}. */
export const schedules: { readonly [Name in keyof typeof scheduleDefaults]: (options: object) => Schedule } =
  {
    constant: constantRate,
    cosine,
    cosineRestarts,
    oneCycle,
    oneCycleCosine,
    step: stepwise,
    multiStep,
    warmUpStableDecay,
    plateau,
  };
