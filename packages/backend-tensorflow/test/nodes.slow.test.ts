import { NODE_MAJORS, nodeProgram } from '@residual/nodes';
import { beforeAll, expect, it } from 'vitest';
import { buildProgram, type Outcome, runProgram } from './runProgram.js';
import { whereTensorflowRuns } from './whereTensorflowRuns.js';

await whereTensorflowRuns(() => {
  let first: Outcome;
  beforeAll(async () => {
    await buildProgram();
    first = await runProgram(process.execPath, 10);
  }, 1_200_000);

  it.each(NODE_MAJORS)('trains in a bare Node %d, to the same bits', { timeout: 600_000 }, async (major) => {
    const { losses, referenceOps } = await runProgram(await nodeProgram(major), 10);
    expect({ losses, referenceOps }).toEqual({ losses: first.losses, referenceOps: [] });
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });
});
