import { expect, it } from 'vitest';
import { planText } from './describe.js';

it('tells what --minutes came to', () => {
  const plan = { minutes: 10, epochs: 9, secondsPerEpoch: 61.2, testSeconds: 7.6, seconds: 571 };
  expect(planText(plan)).toBe(
    '9 epochs of 1m 01s and 8s for the test, as measured: 9m 31s of 10m 00s; the schedule is that of these epochs',
  );
  expect(planText({ ...plan, epochs: 1, testSeconds: 0 })).toBe(
    '1 epoch of 1m 01s, as measured: 9m 31s of 10m 00s; the schedule is that of this epoch',
  );
});
