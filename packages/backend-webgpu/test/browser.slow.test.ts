import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, serveScript } from '@residual/browser';
import { unavailable } from '@residual/testing';
import { expect, it, type TestContext } from 'vitest';
import type { LossOutcome } from './deviceLosses.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const fixtures = join(here, '..', '..', 'conformance', 'fixtures');

/** DEVICE_LOSSES=20 is what docs/backends.md reports; each makes a device and compiles its shaders. */
const LOSSES = Number(process.env.DEVICE_LOSSES ?? 2);

/** Runs a function of page.ts in a browser of its own. */
async function inPage(context: TestContext, call: string): Promise<unknown> {
  const browser = await launchBrowser();
  if (browser === undefined) return unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');
  const server = await serveScript(join(here, 'page.ts'), { fixtures });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction('globalThis.conformance !== undefined');
    return await page.evaluate(call);
  } finally {
    await browser.close();
    server.close();
  }
}

it('conforms in a browser', { timeout: 600_000 }, async (context) => {
  const result = await inPage(context, 'conformance()');
  const { ran, failures } = result as { ran: number; failures: string[] };
  expect(failures).toEqual([]);
  expect(ran).toBeGreaterThan(150);
});

it('recovers in a browser from the loss of the device', { timeout: 3_600_000 }, async (context) => {
  const outcomes = (await inPage(context, `loseDevices(${LOSSES})`)) as LossOutcome[];
  process.stdout.write(`devices lost at dispatches ${outcomes.map(({ at }) => at)}\n`);
  expect(outcomes).toHaveLength(LOSSES);
  for (const outcome of outcomes)
    expect(outcome).toEqual({ at: outcome.at, recoveries: 1, sameLosses: true, sameWeights: true });
});
