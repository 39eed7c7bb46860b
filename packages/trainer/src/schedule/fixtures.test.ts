import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/schedules.json' with { type: 'json' };
import type { EpochRecord } from '../events.js';
import { scheduleDefaults } from './schedule.js';
import { schedules } from './schedules.js';

/** What validation told after each epoch of two steps. */
const history = fixture.losses.map(
  (validationLoss, i): EpochRecord => ({
    epoch: i + 1,
    step: 2 * (i + 1),
    trainLoss: 0,
    trainAccuracy: 0,
    validationLoss,
    learningRate: 0,
  }),
);

describe(`schedules are those of PyTorch ${fixture.versions.torch} and timm ${fixture.versions.timm}`, () => {
  it.each(fixture.cases)('$name $options', ({ name, options, rates }) => {
    const schedule = schedules[name as keyof typeof schedules](options);
    rates.forEach((rate, step) => {
      // null: a step of the warm-up that the reference takes otherwise.
      if (rate === null) return;
      const mine = schedule(step, rates.length, fixture.base, history);
      expect(Math.abs(mine - rate), `step ${step}: ${mine} for ${rate}`).toBeLessThan(1e-12);
    });
  });

  it('has a case of each', () => {
    expect(new Set(fixture.cases.map(({ name }) => name))).toEqual(new Set(Object.keys(scheduleDefaults)));
  });
});
