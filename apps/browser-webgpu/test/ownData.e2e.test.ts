import { simd } from '@residual/backend-simd';
import { dispose } from '@residual/blocks';
import { idxSplit, taskOf } from '@residual/data';
import { selectBackend } from '@residual/ops';
import { decodeModel } from '@residual/runs';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { bars, type Files, flags, idx } from './idxFiles.ts';
import { nodeRun } from './nodeRun.ts';
import { bagFile, drop } from './panels.ts';
import { useBrowser, type Visit } from './visit.ts';

const { visit } = useBrowser();

const OWN = '?data=own&backend=simd&batchSize=16&epochs=3';
const files: Files = { ...bars('train', 160), ...bars('t10k', 40) };

async function choose({ page }: Visit, some: Files): Promise<void> {
  const chosen = Object.entries(some).map(([name, buffer]) => ({
    name,
    buffer,
    mimeType: 'application/octet-stream',
  }));
  await page.getByLabel('Four IDX files').setInputFiles(chosen);
}

test("a network learns the user's own pictures, is judged by them, and goes on after a reload", async (context) => {
  const user = await visit(context, OWN);
  const { page } = user;
  await choose(user, files);
  await page
    .getByText('160 pictures to train on, 40 to test with: 28 x 28 pixels, grey, 10 classes.')
    .waitFor();
  await user.press('Start');
  await user.untilStep(12); // what it learns is told by whole epochs, below: the losses of two batches say little
  await user.pause();

  await page.reload();
  await user.press('Resume the saved run');
  await user.until('ended');
  expect(await user.number('step')).toBe(27); // 16 of the 160 validate
  await page
    .getByText('160 pictures to train on, 40 to test with: 28 x 28 pixels, grey, 10 classes.')
    .waitFor();
  const losses = ((await user.history()) as { trainLoss: number }[]).map(({ trainLoss }) => trainLoss);
  expect(losses).toHaveLength(3);
  expect(losses[2]).toBeLessThan(losses[0]!);

  const panel = page.getByRole('region', { name: 'Look inside' });
  await panel.scrollIntoViewIfNeeded();
  await eventually(() => panel.textContent()).toContain('of 40 test pictures');
  expect(await panel.locator('.confusion tbody th').allTextContents()).toEqual([...'0123456789']);
  await page.getByRole('button', { name: 'Use a test picture' }).click();
  await eventually(() => page.locator('.answer h3').textContent()).toMatch(/^Looks like: \d$/);
});

test('coloured pictures of 40 x 24 in 13 classes are learnt, looked into, kept, and gone on with after a reload, as in Node', async (context) => {
  const user = await visit(context, `${OWN}&threads=2`);
  const { page } = user;
  const colored = { ...flags('train', 208), ...flags('t10k', 52) };
  await choose(user, colored);
  const words = '208 pictures to train on, 52 to test with: 24 x 40 pixels, in colour, 13 classes.';
  await page.getByText(words).waitFor();
  await page.getByText('trains on your own pictures').waitFor();
  await user.press('Start');
  await user.untilStep(14); // in the second epoch
  await user.pause();

  const panel = page.getByRole('region', { name: 'Look inside' });
  await panel.scrollIntoViewIfNeeded();
  await eventually(() => panel.textContent()).toContain('of 52 test pictures');
  expect(await panel.locator('.confusion tbody th').allTextContents()).toEqual(
    Array.from({ length: 13 }, (_, i) => String(i)),
  );
  await panel.getByRole('img', { name: 'Filters of stem.conv: 16 coloured pictures' }).waitFor();
  await panel.getByRole('button', { name: 'As they come' }).click();
  // In place of the worst mistakes, which are as many.
  const labels = panel.locator('.picture-list button span:not(.verdict)');
  await eventually(async () => (await labels.allTextContents()).slice(0, 4)).toEqual(['0', '1', '2', '3']);
  await panel.locator('.picture-list button').nth(3).click();
  await panel.getByText(/^Picture 3 is 3\./).waitFor();
  expect(await sizeOf(panel.locator('.explained .bytes'))).toEqual([24, 40]);
  expect(await sizeOf(panel.locator('.explained .heat'))).toEqual([24, 40]);
  expect(await isColored(panel.locator('.explained .bytes'))).toBe(true);

  const tryIt = page.getByRole('region', { name: 'Try it' });
  expect(await tryIt.textContent()).not.toMatch(/cloth|shoe|wear/);
  await drop(tryIt, await bagFile(page), 'bag.png', 'image/png');
  await eventually(() => tryIt.locator('h3').textContent()).toMatch(/^Looks like: \d+$/);
  const seen = tryIt.getByRole('img', {
    name: 'The picture as the network sees it: coloured, 24 x 40 pixels',
  });
  expect(await sizeOf(seen)).toEqual([24, 40]);
  await tryIt.getByRole('button', { name: 'Use a test picture' }).click();
  await eventually(() => isColored(seen)).toBe(true);

  const weights = await user.download('Download weights');
  await selectBackend([simd]);
  const { model, facts } = decodeModel(weights, 'weights');
  expect(facts.task.picture).toEqual({ height: 40, width: 24, channels: 3 });
  expect(facts.task.classNames).toHaveLength(13);
  dispose(model);

  await page.reload();
  await user.press('Resume the saved run');
  await user.until('ended');
  expect(await user.number('step')).toBe(36); // 20 of the 208 validate
  await page.getByText(words).waitFor();

  const split = idxSplit(Object.entries(colored).map(([name, bytes]) => ({ name, bytes })));
  const data = { ...split, task: taskOf(split, { name: 'flags' }) };
  const expected = await nodeRun({ batchSize: 16, epochs: 3 }, 2, undefined, data);
  expect(expected[2]!.trainLoss).toBeLessThan(expected[0]!.trainLoss);
  expect(await user.history()).toEqual(expected);
});

test('files that are no data set are refused by name, and right ones dropped in their place are taken', async (context) => {
  const user = await visit(context, OWN);
  const { page } = user;
  await user.press('Start');
  expect(await user.notice('failure')).toMatch(/could not start.*no pictures yet.*four IDX files/s);
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();

  const { 'train-labels-idx1-ubyte': _, ...three } = files;
  await choose(user, three);
  expect(await user.notice('data')).toMatch(/expected a file train-labels-idx1-ubyte.*all four files/s);
  await choose(user, { ...files, 't10k-labels-idx1-ubyte': Buffer.from('<html>') });
  await eventually(() => user.notice('data')).toMatch(/t10k-labels-idx1-ubyte: expected an IDX file/);

  await page.getByRole('region', { name: 'Your own IDX files' }).evaluate(
    (element, given) => {
      const dataTransfer = new DataTransfer();
      for (const [name, bytes] of given) dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      for (const event of ['dragover', 'drop'])
        element.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
    },
    Object.entries(files).map(([name, bytes]) => [name, [...bytes]] as const),
  );
  await page.getByText('160 pictures to train on').waitFor();
  expect(await page.locator('[data-notice=data]').count()).toBe(0);
  expect(await page.locator('.try-problem').count()).toBe(0);
});

test('a run whose pictures found no room asks for them when it is resumed', async (context) => {
  const user = await visit(context, OWN);
  // There is room for checkpoints, and none for this file of 25 MB.
  const many = {
    ...bars('t10k', 40),
    'train-images-idx3-ubyte': idx([32000, 28, 28], new Uint8Array(32000 * 28 * 28)),
    'train-labels-idx1-ubyte': idx([32000], new Uint8Array(32000)),
  };
  await choose(user, many);
  await user.page.getByText('32,000 pictures to train on').waitFor();
  await user.limitStorage(24_000_000);
  await user.press('Start');
  await user.untilStep(2);
  await user.pause();
  expect(await user.notice('not-saved')).toMatch(/train-images-idx3-ubyte: expected room/);
  const kept = await user.saved();

  await user.page.reload();
  await user.press('Resume the saved run');
  expect(await user.notice('failure')).toMatch(/could not start.*four IDX files/s);
  await choose(user, many);
  await user.page.getByText('32,000 pictures to train on').waitFor();
  await user.press('Resume the saved run');
  await user.untilStep(kept + 1);
  await user.press('Stop');
  await user.until('ended');
});

test('without a choice it is Fashion-MNIST', async (context) => {
  const { page } = await visit(context, '?backend=simd');
  const choice = page.getByLabel('Data set');
  expect(await choice.inputValue()).toBe('fashion-mnist');
  expect(await page.getByLabel('Four IDX files').count()).toBe(0);
  await choice.selectOption('own');
  await page.getByLabel('Four IDX files').waitFor({ state: 'attached' });
  expect(page.url()).toContain('data=own');
});

const sizeOf = (canvas: Locator) =>
  canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    return [width, height];
  });

/** Whether some pixel of a canvas is not grey. */
const isColored = (canvas: Locator) =>
  canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    return data.some((level, at) => at % 4 < 2 && level !== data[at + 1]);
  });
