import { expect, it } from 'vitest';
import { failPowerAt, REFUSALS, refuseAt, wholeRun } from '../../test/diskFaults.js';

it('every operation of the disk, refused in every way: the same bits in the end, or an error that says what to do', async () => {
  const whole = await wholeRun();
  const counts = { 'goes on': 0, 'says so': 0 };
  for (const at of whole.operations.keys()) {
    for (const what of REFUSALS) counts[await refuseAt(at, what, whole)]++;
  }
  expect(whole.operations.length).toBeGreaterThan(30);
  expect(counts['says so']).toBeGreaterThan(100);
  expect(counts['goes on']).toBeGreaterThan(10);
  console.log(`${counts['goes on'] + counts['says so']} refusals: ${JSON.stringify(counts)}`);
});

it('the power fails at every operation, and the disk keeps what it likes of what was not synced', async () => {
  const whole = await wholeRun();
  for (const at of whole.operations.keys()) await failPowerAt(at, whole);
});
