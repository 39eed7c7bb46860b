import { describe, expect, it } from 'vitest';
import { TrainerError } from '../error.js';
import { cosine, cosineRestarts, oneCycle } from './curves.js';
import { plateau } from './plateau.js';
import type { Schedule } from './schedule.js';
import { constantRate, multiStep, stepwise, warmUpStableDecay } from './steps.js';

const curve = (schedule: Schedule, steps: number, base = 0.2) =>
  Array.from({ length: steps }, (_, step) => schedule(step, steps, base));

describe('schedules', () => {
  it('constant: the same all along', () => {
    expect(curve(constantRate(), 3, 0.01)).toEqual([0.01, 0.01, 0.01]);
  });

  it('oneCycle: up over the warm-up, then straight down to 0', () => {
    const rates = curve(oneCycle({ warmup: 0.2 }), 10);
    [0.1, 0.2, 0.2, 0.175, 0.15, 0.125, 0.1, 0.075, 0.05, 0.025].forEach((rate, step) => {
      expect(rates[step]).toBeCloseTo(rate, 12);
    });
    expect(oneCycle()(99, 1000, 1)).toBe(1); // by default the top is reached after a tenth
    expect(oneCycle({ warmup: 0.1 })(10, 10, 1)).toBe(0);
  });

  it('cosine: half a cosine from the base to 0, after the warm-up', () => {
    const rates = curve(cosine(), 4, 1);
    [1, 0.5 + Math.SQRT1_2 / 2, 0.5, 0.5 - Math.SQRT1_2 / 2].forEach((rate, step) => {
      expect(rates[step]).toBeCloseTo(rate, 12);
    });
    expect(curve(cosine({ warmup: 0.5 }), 4, 1).slice(0, 3)).toEqual([0.5, 1, 1]);
  });

  it.each<[() => Schedule, string]>([
    [
      () => oneCycle({ warmup: 1 }),
      'oneCycle: warmup: expected a number of at least 0 and below 1, received 1.',
    ],
    [
      () => cosine({ warmup: Number.NaN }),
      'cosine: warmup: expected a number of at least 0 and below 1, received NaN.',
    ],
    [
      () => cosineRestarts({ cycles: 1.5 }),
      'cosineRestarts: cycles: expected an integer of at least 1, received 1.5.',
    ],
    [() => stepwise({ every: 0 }), 'step: every: expected a number above 0 and at most 1, received 0.'],
    [() => multiStep({ gamma: 1 }), 'multiStep: gamma: expected a number above 0 and below 1, received 1.'],
    [
      () => multiStep({ milestones: [0.5, 0.4] }),
      'multiStep: milestones: expected rising shares of the run, above 0 and below 1, received [0.5, 0.4].',
    ],
    [
      () => warmUpStableDecay({ warmup: 0.5, decay: 0.6 }),
      'warmUpStableDecay: decay: expected at most 0.5, what the warm-up of 0.5 leaves of the run, received 0.6.',
    ],
    [() => plateau({ patience: -1 }), 'plateau: patience: expected an integer of at least 0, received -1.'],
  ])('refuses %s', (make, message) => {
    expect(make).toThrow(TrainerError);
    expect(make).toThrow(message);
  });
});
