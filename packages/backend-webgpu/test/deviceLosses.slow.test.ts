import { expect, it } from 'vitest';
import { deviceLosses } from './deviceLosses.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

/** DEVICE_LOSSES=20 is what docs/backends.md reports; each makes a device and compiles its shaders. */
const LOSSES = Number(process.env.DEVICE_LOSSES ?? 1);

describe('a lost device', () => {
  it('costs a training run nothing but time', { timeout: 3_600_000 }, async () => {
    await useWebgpu();
    const outcomes = await deviceLosses(LOSSES);
    process.stdout.write(`devices lost at dispatches ${outcomes.map(({ at }) => at)}\n`);
    expect(outcomes).toHaveLength(LOSSES);
    for (const outcome of outcomes)
      expect(outcome).toEqual({ at: outcome.at, recoveries: 1, sameLosses: true, sameWeights: true });
  });
});
