import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { heatMap, judged, maps, useInsidePanel } from './insidePanel.ts';
import { isVaried, look } from './panels.ts';

const { openPanel } = useInsidePanel();

test('all of it changes while a network trains', async (context) => {
  const { page, panel } = await openPanel(context, {}, '?recipe=quick&backend=simd&limit=2000&epochs=3');
  await judged(panel, 500);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  // It follows a training only while it is in sight.
  await panel.scrollIntoViewIfNeeded();
  const line = panel.getByText('the network that this page trains');
  const step = async () =>
    Number(/After ([\d,]+) steps? it/.exec((await line.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  await eventually(step, 200).toBeGreaterThan(0);
  const shown = async () => ({
    step: await step(),
    matrix: (await panel.locator('.confusion tbody td').allTextContents()).join(),
    heatMap: await look(heatMap(panel)),
    maps: await look(maps(panel)),
    filters: await look(panel.locator('.filters canvas')),
  });
  const before = await shown();
  await eventually(step, 200).toBeGreaterThan(before.step);
  const changed = async () => {
    const now = await shown();
    return Object.keys(before).filter(
      (key) => now[key as keyof typeof now] !== before[key as keyof typeof before],
    );
  };
  await eventually(changed, 200).toEqual(Object.keys(before));
}, 600_000);

// The last, as a software adapter goes on with what nobody waits for any more.
test('a picture is explained on webgpu as well', async (context) => {
  const { panel } = await openPanel(context, {}, '?backend=webgpu');
  expect(await isVaried(heatMap(panel))).toBe(true);
  expect(await isVaried(maps(panel))).toBe(true);
});
