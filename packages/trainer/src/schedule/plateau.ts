import { type CosineOptions, checked, risen, type Schedule, scheduleDefaults } from './schedule.js';

export interface PlateauOptions extends CosineOptions {
  /** What the rate is multiplied by. In (0, 1). */
  factor?: number;
  /** How many epochs without a lower validation loss are borne. */
  patience?: number;
  /** By which share the loss has to be lower to count. In [0, 1). */
  threshold?: number;
  /** How many epochs after a fall aren't counted. */
  cooldown?: number;
}

/**
 * Falls by a factor when validation's loss hasn't fallen for some epochs: PyTorch's `ReduceLROnPlateau`, without its `eps`. What it
 * knows is the run's history, which checkpoints hold: so a resumed run goes on to the bit. The warm-up multiplies.
 */
export function plateau(options: PlateauOptions = {}): Schedule {
  const { warmup, minimum, factor, patience, threshold, cooldown } = checked('plateau', {
    ...scheduleDefaults.plateau,
    ...options,
  });
  const rate: Schedule = (step, totalSteps, base, history = []) => {
    let fallen = 1;
    let lowest = Number.POSITIVE_INFINITY;
    let borne = 0;
    let rest = 0;
    for (const { validationLoss = Number.NaN, ...record } of history) {
      if (record.step > step) break;
      if (validationLoss < lowest * (1 - threshold)) {
        lowest = validationLoss;
        borne = 0;
      } else borne++;
      if (rest > 0) {
        rest--;
        borne = 0;
      }
      if (borne > patience) {
        fallen = Math.max(fallen * factor, minimum);
        rest = cooldown;
        borne = 0;
      }
    }
    return base * risen(step, totalSteps, warmup) * fallen;
  };
  return Object.assign(rate, { needsValidation: true } as const);
}
