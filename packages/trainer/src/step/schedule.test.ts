import { describe, expect, it } from 'vitest';
import { TrainerError } from '../error.js';
import { constantRate, cosine, oneCycle, type Schedule } from './schedule.js';

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

  it('refuses a warm-up that is no share of the run', () => {
    for (const schedule of [oneCycle, cosine]) {
      expect(() => schedule({ warmup: 1 })).toThrow(TrainerError);
      expect(() => schedule({ warmup: Number.NaN })).toThrow(
        /warmup: expected a number of at least 0 and below 1, received NaN/,
      );
    }
  });
});
