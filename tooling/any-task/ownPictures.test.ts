import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { configureSimd } from '@residual/backend-simd';
import { type LoadedData, loadSource, type PictureDataset, pictureDataset, taskOf } from '@residual/data';
import { csvSource, sourceOf } from '@residual/pictures/node';
import { recipes, startRecipe } from '@residual/recipes';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The same pictures give the same bits, in memory or as files that are read while a run goes on.
const [SIDE, CLASSES] = [28, 3];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'residual-own-'));
  configureSimd({ threads: 1 });
  await tf.setBackend('simd');
});
afterAll(() => rmSync(folder, { recursive: true }));

const part = (name: string, labels: readonly number[]): PictureDataset =>
  pictureDataset({
    name,
    images: Uint8Array.from({ length: labels.length * SIDE * SIDE }, (_, i) => {
      const picture = Math.floor(i / (SIDE * SIDE));
      return (picture * 31 + labels[picture]! * 80 + (i % SIDE) * (1 + labels[picture]!)) % 256;
    }),
    labels,
    shape: [SIDE, SIDE, 1],
    classNames: ['0', '1', '2'],
  });

/** Writes the pictures as PNG files, each to the path that `pathOf` says. */
async function write(
  { images, labels, length }: PictureDataset,
  pathOf: (i: number, label: number) => string,
) {
  for (let i = 0; i < length; i++) {
    const raw = Buffer.from(images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
    const path = join(folder, pathOf(i, labels[i]!));
    mkdirSync(dirname(path), { recursive: true });
    await sharp(raw, { raw: { width: SIDE, height: SIDE, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(path);
  }
}

/** What the events of a short run say of losses and accuracies. */
async function losses(data: LoadedData): Promise<unknown[]> {
  const overrides = { epochs: 1, batchSize: 4 };
  const { events } = await startRecipe(recipes.quick, { data, overrides });
  const said: unknown[] = [];
  for await (const event of events) {
    if (event.type === 'step') said.push(event.loss);
    if (event.type === 'epoch') said.push(event.trainLoss, event.trainAccuracy, event.validationLoss);
  }
  return said;
}

it('a CSV in the order of a set in memory, and a folder in its own', async () => {
  const labels = Array.from({ length: 12 }, (_, i) => (i * 2) % CLASSES);
  const train = part('train', labels);
  const test = part('test', [0, 1, 2]);
  const memory: LoadedData = { train, test, task: taskOf({ train, test }, { name: 'memory' }) };
  await write(train, (i) => `csv/${i}.png`);
  await write(test, (i) => `csv/t${i}.png`);
  const rows = [
    ...labels.map((label, i) => `${i}.png,${label},train`),
    ...[0, 1, 2].map((label) => `t${label}.png,${label},test`),
  ];
  writeFileSync(join(folder, 'csv', 'labels.csv'), rows.join('\n'));
  const csv = await loadSource(csvSource({ path: join(folder, 'csv', 'labels.csv'), height: SIDE }));
  expect(csv.task).toMatchObject({ normalize: memory.task.normalize, picture: memory.task.picture });
  const expected = await losses(memory);
  expect(expected.length).toBeGreaterThan(2);
  expect(await losses(csv)).toEqual(expected);

  const sorted = part('train', [...labels].sort());
  await write(sorted, (i, label) => `folder/train/${label}/${i}.png`);
  await write(test, (i, label) => `folder/test/${label}/${i}.png`);
  const row = { ...(await sourceOf(join(folder, 'folder'))), height: SIDE };
  const inOrder: LoadedData = { train: sorted, test, task: taskOf({ train: sorted, test }, { name: 'm' }) };
  expect(await losses(await loadSource(row))).toEqual(await losses(inOrder));
});
