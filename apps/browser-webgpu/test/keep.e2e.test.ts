import { readEventFile } from '@residual/logs';
import { encodeModel } from '@residual/runs';
import { evaluate } from '@residual/trainer';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { nodeRun } from './nodeRun.ts';
import { useBrowser } from './visit.ts';

const { visit } = useBrowser();

const SHORT = '?backend=simd&threads=2&limit=64&batchSize=16&epochs=2';

test('weights that are downloaded and loaded again are the same', async (context) => {
  const user = await visit(context, SHORT);
  await user.press('Start');
  await user.until('ended');
  const weights = await user.download('Download weights');

  await user.page.reload();
  await user.loadWeights('mine.safetensors', weights);
  expect(await user.notice('load')).toContain('mine.safetensors is loaded');
  const again = await user.download('Download weights');
  expect(again.equals(weights)).toBe(true);
});

test("a file of Node's weights is judged as in Node", async (context) => {
  const overrides = { limit: 500, batchSize: 50, epochs: 1, holdOut: 0 };
  let file: Uint8Array | undefined;
  let accuracy = 0;
  await nodeRun(overrides, 2, async ({ model, config, data }) => {
    file = await encodeModel(model, { task: config.task, model: config.training.model });
    ({ accuracy } = await evaluate(model, data.validation!, data.prepare)); // of the first 500 test pictures
  });
  const user = await visit(context, SHORT);
  await user.loadWeights('model.safetensors', file!);
  await user.notice('load');
  await user.page.locator('#inside-title').scrollIntoViewIfNeeded(); // the panel looks when it is seen
  await user.page.getByText('the network from your file').waitFor();
  await eventually(() => user.text('[data-accuracy]')).toBe(`${(100 * accuracy).toFixed(1)}%`);
  expect(accuracy).toBeGreaterThan(0.1);
});

test('a file that is no model says so, and the model in hand stays', async (context) => {
  const user = await visit(context, SHORT);
  const before = await user.download('Download weights');
  for (const bytes of [
    new TextEncoder().encode('This is no model.'),
    before.subarray(0, before.length - 100),
  ]) {
    await user.loadWeights('broken.safetensors', bytes);
    expect(await user.notice('load')).toMatch(/broken\.safetensors could not be loaded.*expected/s);
    await user.press('Dismiss: broken.safetensors could not be loaded');
  }
  expect((await user.download('Download weights')).equals(before)).toBe(true);
});

test('without room the run goes on, the page says so, and the old copy survives', async (context) => {
  const user = await visit(context, '?backend=simd&limit=256&batchSize=16&epochs=9');
  await user.press('Start');
  await user.untilStep(2);
  await user.pause();
  const kept = await user.saved();

  await user.limitStorage(1000);
  await user.press('Resume');
  await user.untilStep(kept + 3);
  await user.pause();
  expect(await user.notice('not-saved')).toMatch(/could not be saved.*free/s);
  expect(await user.saved()).toBe(kept);

  // With room again it is saved again: nothing was lost meanwhile.
  await user.limitStorage(undefined);
  await user.press('Resume');
  await user.untilStep(kept + 6);
  await user.pause();
  expect(await user.saved()).toBe(await user.number('step'));
  expect(await user.page.locator('[data-notice="not-saved"]').count()).toBe(0);
});

test('after a reload without room, the run goes on from the old copy', async (context) => {
  const user = await visit(context, '?backend=simd&limit=64&batchSize=16&epochs=9');
  await user.press('Start');
  await user.untilStep(2);
  await user.pause();
  const kept = await user.saved();
  await user.limitStorage(1000);
  await user.page.reload();
  expect(await user.saved()).toBe(kept);
  await user.press('Resume the saved run');
  await user.untilStep(kept + 1);
  await user.press('Stop');
  await user.until('ended');
});

test('curves are exported as pictures, and for other programs', async (context) => {
  const user = await visit(context, SHORT);
  await user.press('Start');
  await user.until('ended');
  const svg = (await user.download('SVG')).toString();
  expect(svg).toMatch(/^<svg [^>]*xmlns=/);
  expect(svg).toContain('validation accuracy');
  expect(svg).not.toContain('var(');
  const png = await user.download('PNG');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(1000); // its width
  expect((await user.download('CSV')).toString()).toMatch(/^epoch,step,.*\n1,\d+,.*\n2,\d+,.*\n$/);
  const points = readEventFile(await user.download('TensorBoard'))?.points;
  expect(points).toBeGreaterThan(2); // both epochs, and steps
});

test('a link brings every setting', async (context) => {
  const query =
    '?recipe=d2l&model=resnet20&limit=640&batchSize=32&learningRate=0.05&epochs=3&seed=7&backend=simd&threads=2';
  const user = await visit(context, query, { permissions: ['clipboard-write', 'clipboard-read'] });
  await user.press('Copy link');
  await user.notice('share');
  const link = await user.page.evaluate(() => navigator.clipboard.readText());
  expect([...new URL(link).searchParams].sort()).toEqual([...new URLSearchParams(query)].sort());
  await user.page.getByLabel('Epochs', { exact: true }).fill('5');
  await user.page.getByLabel('Epochs', { exact: true }).blur();
  expect(user.page.url()).toContain('epochs=5');
});
