import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { useBrowser, type Visit } from './visit.ts';

const { visit } = useBrowser();

const OWN = '?data=own&backend=simd&batchSize=16&epochs=3';
const SIDE = 28;

function idx(dimensions: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((dimension, i) => {
    header.writeUInt32BE(dimension, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
}

/** Pictures of ten classes that are easy to tell apart: a bright bar, the lower the higher its class. */
function bars(part: 'train' | 't10k', count: number) {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const images = new Uint8Array(count * SIDE * SIDE);
  labels.forEach((label, i) => {
    const top = i * SIDE * SIDE + (2 * label + 4) * SIDE;
    images.fill(150 + (i % 100), top, top + 3 * SIDE);
  });
  return {
    [`${part}-images-idx3-ubyte.gz`]: gzipSync(idx([count, SIDE, SIDE], images)),
    [`${part}-labels-idx1-ubyte`]: idx([count], labels),
  };
}

const files: Record<string, Buffer> = { ...bars('train', 160), ...bars('t10k', 40) };

async function choose({ page }: Visit, some: Record<string, Buffer>): Promise<void> {
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
  await page.getByText('160 pictures to train on, 40 to test with.').waitFor();
  await user.press('Start');
  await user.untilStep(1);
  const first = await user.number('loss');
  await user.untilStep(12);
  await user.pause();
  expect(await user.number('loss')).toBeLessThan(first);

  await page.reload();
  await user.press('Resume the saved run');
  await user.until('ended');
  expect(await user.number('step')).toBe(30);
  await page.getByText('160 pictures to train on, 40 to test with.').waitFor();
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
    'train-images-idx3-ubyte': idx([32000, SIDE, SIDE], new Uint8Array(32000 * SIDE * SIDE)),
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
