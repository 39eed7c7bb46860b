import { beforeAll, expect, it } from 'vitest';
import { buildProgram, type Outcome, runProgram } from './runProgram.js';
import { whereTensorflowRuns } from './whereTensorflowRuns.js';

/** Resident memory grows in jumps of up to 2 MB, which a line through a few hundred steps would take for a slope. */
const STEPS = 700;

await whereTensorflowRuns(() => {
  let outcome: Outcome;
  beforeAll(async () => {
    await buildProgram();
    outcome = await runProgram(process.execPath, STEPS);
  }, 1_200_000);

  it('leaves no tensor behind, neither in tfjs nor in TensorFlow', () => {
    const { tensors, nativeTensors, losses } = outcome;
    expect(losses).toHaveLength(STEPS);
    expect(new Set(tensors).size).toBe(1);
    expect(new Set(nativeTensors.slice(1)).size).toBe(1);
  });

  it('takes less than 1 MB more per 100 steps, after the first 100', () => {
    expect(100 * slope(outcome.resident.slice(100))).toBeLessThan(1);
  });

  it('learns, on kernels of its own alone', () => {
    expect(outcome.losses.at(-1)).toBeLessThan(outcome.losses[0]! / 4);
    expect(outcome.referenceOps).toEqual([]);
  });
});

/** Of the line of least squares through the values at 0, 1, 2... */
function slope(values: number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let product = 0;
  let square = 0;
  for (const [i, value] of values.entries()) {
    product += (i - middle) * (value - mean);
    square += (i - middle) ** 2;
  }
  return product / square;
}
