import { expect, test } from 'vitest';
import { nodeRun } from './nodeRun.ts';
import { useBrowser } from './visit.ts';

const { visit } = useBrowser();

test('a click trains on simd: the loss falls', async (context) => {
  const user = await visit(context, '?backend=simd&limit=64&batchSize=16&epochs=3');
  await user.press('Start');
  await user.untilStep(1);
  const first = await user.number('loss');
  await user.until('ended');
  expect(await user.number('step')).toBe(12);
  expect(await user.number('loss')).toBeLessThan(first - 0.1);
  expect(await user.number('accuracy')).toBeGreaterThanOrEqual(0); // of the 6 pictures held out; NaN before there is one
  expect(await user.text('[data-backend]')).toMatch(/^simd computes on CPU, WebAssembly SIMD, [2-9]/);
  const history = (await user.history()) as { trainLoss: number }[];
  expect(history).toHaveLength(3);
  expect(history[2]!.trainLoss).toBeLessThan(history[0]!.trainLoss);
});

test('on simd, 20 steps have the losses of Node, bit for bit', async (context) => {
  // One step an epoch: the history then holds each step's loss, unrounded.
  const user = await visit(context, '?backend=simd&threads=2&limit=32&batchSize=32&epochs=20&seed=3');
  await user.press('Start');
  const expected = await nodeRun({ limit: 32, batchSize: 32, epochs: 20, seed: 3 }, 2);
  await user.until('ended');
  expect(expected).toHaveLength(20);
  expect(await user.history()).toEqual(expected);
});

test('paused, resumed, and resumed after a reload, it is the same run', async (context) => {
  const user = await visit(context, '?backend=simd&threads=2&limit=128&batchSize=16&epochs=4');
  await user.press('Start');
  await user.untilStep(3);
  await user.pause();
  const paused = await user.number('step');
  await user.press('Resume');
  await user.untilStep(paused + 5);
  await user.pause();
  const kept = await user.saved();
  expect(kept).toBe(await user.number('step'));
  expect(kept).toBeLessThan(32);

  await user.page.reload();
  await user.press('Resume the saved run');
  await user.until('ended');
  expect(await user.number('step')).toBe(32);
  expect(await user.history()).toEqual(await nodeRun({ limit: 128, batchSize: 16, epochs: 4 }, 2));
});

test('a run that is stopped is kept, and can be removed', async (context) => {
  const user = await visit(context, '?backend=simd&limit=256&batchSize=16&epochs=9');
  await user.press('Start');
  await user.untilStep(1);
  await user.press('Stop');
  await user.until('ended');
  await user.page.getByRole('button', { name: 'Resume the saved run' }).waitFor();
  await user.press('Remove');
  await user.page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  await user.page.reload();
  await user.page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  expect(await user.page.locator('[data-saved]').count()).toBe(0);
});

test('a run that an older page has kept is refused in a sentence, and the next one takes its place', async (context) => {
  const user = await visit(context, '?backend=simd&limit=64&batchSize=16&epochs=1');
  await user.page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.getDirectoryHandle('residual-1', { create: true });
    const folder = await root.getDirectoryHandle('residual', { create: true });
    const file = await (await folder.getFileHandle('run.json', { create: true })).createWritable();
    await file.write(JSON.stringify({ settings: {}, folder: 'residual-1', files: [] }));
    await file.close();
  });
  await user.page.reload();
  expect(await user.notice('saved')).toMatch(/can’t be resumed.*Another version.*start a new run/s);
  await user.press('Start');
  await user.until('ended');
  expect(await user.saved()).toBe(4);
  expect(await user.page.locator('[data-notice=saved]').count()).toBe(0);
  const folders = () =>
    user.page.evaluate(async () => {
      const names: string[] = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
      return names;
    });
  expect(await folders()).not.toContain('residual-1');
});
