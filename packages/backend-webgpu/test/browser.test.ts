import { unavailable } from '@residual/testing';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import type { LossOutcome } from './deviceLosses.js';
import { type OpenPage, openPage } from './openPage.js';

/** DEVICE_LOSSES=20 is what docs/backends.md reports; each makes a device and compiles its shaders. */
const LOSSES = Number(process.env.DEVICE_LOSSES ?? 2);

let opened: OpenPage | undefined;
beforeAll(async () => {
  opened = await openPage();
});
afterAll(() => opened?.close());

const call = (context: TestContext, code: string): Promise<unknown> =>
  opened?.page.evaluate(code) ?? unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');

it('conforms in a browser', { timeout: 600_000 }, async (context) => {
  const { ran, failures } = (await call(context, 'conformance()')) as { ran: number; failures: string[] };
  expect(failures).toEqual([]);
  expect(ran).toBeGreaterThan(150);
});

it('recovers in a browser from the loss of the device', { timeout: 3_600_000 }, async (context) => {
  const outcomes = (await call(context, `loseDevices(${LOSSES})`)) as LossOutcome[];
  process.stdout.write(`devices lost at dispatches ${outcomes.map(({ at }) => at)}\n`);
  expect(outcomes).toHaveLength(LOSSES);
  for (const outcome of outcomes)
    expect(outcome).toEqual({ at: outcome.at, recoveries: 1, sameLosses: true, sameWeights: true });
});
