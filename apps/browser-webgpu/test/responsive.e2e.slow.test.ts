import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './visit.ts';

const { visit } = useBrowser();

/** From here on the browser calls a task long. */
const LONG = 50; // milliseconds

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds that the thread computed meanwhile, however long it had to wait for a processor. */
  tdur?: number;
  args?: { name?: string; data?: { frames?: { url: string; processId: number }[] } };
}

/**
 * Milliseconds of the processor that the longest task of the page's main thread takes while `work` goes on. Not of the
 * clock: with other programs beside it, every task takes long by that.
 */
async function longestTask(page: Page, work: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser()!;
  const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await browser.startTracing(page, { categories });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const renderer = traceEvents
    .flatMap(({ args }) => args?.data?.frames ?? [])
    .find(({ url }) => url === page.url())!.processId;
  const main = traceEvents.find(
    ({ name, pid, args }) => pid === renderer && name === 'thread_name' && args?.name === 'CrRendererMain',
  )!;
  const tasks = traceEvents.filter(
    ({ name, pid, tid, tdur }) =>
      name === 'RunTask' && pid === main.pid && tid === main.tid && tdur !== undefined,
  );
  expect(tasks.length).toBeGreaterThan(0);
  return Math.max(...tasks.map(({ tdur }) => tdur! / 1000));
}

test('while it trains, the page has no long task', async (context) => {
  // A processor that is shared can make one task look long, hardly so three times; one that is long is so each time.
  let longest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && longest >= LONG; attempt++) {
    const user = await visit(context, '?backend=simd&limit=2000&batchSize=16&epochs=4');
    await user.press('Start');
    await user.untilStep(1);
    longest = await longestTask(user.page, async () => {
      const step = await user.number('step');
      // Over the end of an epoch, with its validation.
      await user.untilStep(step + 200);
      await user.page.locator('#inside-title').scrollIntoViewIfNeeded(); // it looks inside meanwhile
      await user.page.getByRole('heading', { name: /^Why / }).waitFor();
      await user.untilStep(step + 250);
    });
    await user.page.close();
  }
  expect(longest).toBeLessThan(LONG);
}, 600_000);

test('a task that is long is found', async (context) => {
  const { page } = await visit(context, '?backend=simd');
  const longest = await longestTask(page, async () => {
    await page.evaluate(() => {
      setTimeout(() => {
        for (let i = 0, x = 0; i < 5e7; i++) x = Math.sqrt(x + i);
        document.title = 'done';
      });
    });
    await page.waitForFunction(() => document.title === 'done');
  });
  expect(longest).toBeGreaterThan(LONG);
});
