import { expect, test } from 'vitest';
import { useBrowser, Visit } from './visit.ts';

const { visit } = useBrowser();

test('a second tab leaves the saved run alone, says so, and can begin when the first is closed', async (context) => {
  const first = await visit(context, '?backend=simd&limit=256&batchSize=16&epochs=40');
  const second = new Visit(await first.page.context().newPage());
  await second.page.goto(first.page.url());
  await second.page.getByRole('button', { name: 'Start', exact: true }).waitFor();

  await first.press('Start');
  await first.untilStep(2);
  await second.press('Start');
  expect(await second.notice('failure')).toMatch(
    /could not start.*Another tab.*Stop the run there or close/s,
  );
  // It knows by now of what the first has saved, if that has: it may neither go on with it nor remove it.
  await first.pause();
  const kept = await first.saved();
  await second.page.reload();
  await second.press('Resume the saved run');
  expect(await second.notice('failure')).toMatch(/could not start.*Another tab/s);
  await second.press('Remove');
  expect(await second.notice('forget')).toMatch(/could not be removed.*no other tab/s);

  // The first has noticed nothing.
  await first.press('Resume');
  await first.untilStep(kept + 2);
  await first.pause();
  const end = await first.saved();
  await first.page.close();
  await second.press('Resume the saved run');
  await second.untilStep(end + 1);
  await second.press('Stop');
  await second.until('ended');
  expect(await second.saved()).toBeGreaterThan(end);
});
