import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { type DataParts, type Part, type PictureDataset, parseSplit } from '@residual/data';
import { fashionMnist } from '@residual/fashion-mnist';
import { NODE_MAJORS, nodeProgram } from '@residual/nodes';
import { decodeSafetensors } from '@residual/weights';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeZip } from '../../../packages/data/test/makeZip.js';
import { npyOf } from '../../../packages/data/test/npyOf.js';
import { pngOf } from '../../../packages/pictures/test/pngOf.js';
import { buildCommand, residual, temporaryFolder } from './residual.js';
import { eventsOf, interruptAfter, resultOf } from './tinyRun.js';

// All 70,000 pictures of Fashion-MNIST, each a PNG of its own, are learnt from to the same bits as those of its four files.
const SIDE = 28;
const PICTURE = SIDE * SIDE;
const folder = temporaryFolder();
const pictures = join(folder.path, 'pictures');
const table = join(folder.path, 'pictures', 'labels.csv');
const idx = fileURLToPath(new URL('../../../packages/fashion-mnist/files', import.meta.url));

/** A residual network so small that an epoch of 430 steps takes seconds. */
const network = join(folder.path, 'small.js');
const SMALL = `
import { basicBlock, defineModel, imageNetStem, ResNet } from '@residual/models';

defineModel({
  name: 'small',
  version: 1,
  summary: 'ResNet of two blocks',
  inputShape: [28, 28, 1],
  numClasses: 10,
  create: ({ numClasses = 10 } = {}) =>
    new ResNet({ stem: imageNetStem(8, { bias: false }), architecture: [[1, 8], [1, 16]], block: basicBlock(), numClasses }),
});
`;
const OPTIONS = [
  ...['--recipe', 'quick', '--import', network, '--model', 'small', '--epochs', '1'],
  ...['--backend', 'simd', '--threads', '1'],
];

interface File {
  readonly label: number;
  readonly sha256: string;
  readonly levels: Uint8Array;
}

/** By their numbers: those to train on, then those of the test part, which is their order in their classes' folders too. */
const files: File[] = [];

/** Writes a picture as a grey PNG into its class's folder. Returns its path from there. */
function write({ images, labels }: PictureDataset, i: number): string {
  const levels = images.subarray(i * PICTURE, (i + 1) * PICTURE);
  const rows = Buffer.alloc(SIDE * (1 + SIDE)); // each begins with its filter, none
  for (let y = 0; y < SIDE; y++) rows.set(levels.subarray(y * SIDE, (y + 1) * SIDE), y * (1 + SIDE) + 1);
  const png = pngOf({ width: SIDE, height: SIDE, isGrey: true, rows: deflateSync(rows, { level: 1 }) });
  const label = labels[i]!;
  const path = `${label}/${files.length}.png`;
  writeFileSync(join(pictures, path), png);
  files.push({ label, levels, sha256: createHash('sha256').update(png).digest('hex') });
  return path;
}

function writeAll({ train, test }: DataParts<PictureDataset>): void {
  for (const label of train.classNames.keys()) mkdirSync(join(pictures, String(label)), { recursive: true });
  const lines = [train, test!].flatMap((part, at) =>
    Array.from(part.labels, (label, i) => `${write(part, i)},${label},${at === 0 ? 'train' : 'test'}`),
  );
  writeFileSync(table, lines.join('\n'));
}

/** How to train on a row of a source, which no option can name with its size. */
function trainOn(name: string, row: object): string[] {
  const config = join(folder.path, `${name}.json`);
  writeFileSync(config, JSON.stringify({ environment: { data: row } }));
  return [...OPTIONS, '--config', config, '--out', runOf(name)];
}

const runOf = (name: string) => join(folder.path, 'runs', name);

/** What a run learnt: every weight's bytes, and the losses and accuracies on its way. */
function learntBy(run: string) {
  const { history, model } = resultOf(run);
  const { tensors } = decodeSafetensors(model, run);
  const bytes = [...tensors].map(([path, { data }]) => [
    path,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
  ]);
  return { history: JSON.parse(history), tensors: Object.fromEntries(bytes) };
}

// Seventy thousand small files, on a machine that may do something else too.
vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 3_600_000 });

beforeAll(async () => {
  await buildCommand();
  writeFileSync(network, SMALL);
  writeAll(await fashionMnist());
});
afterAll(folder.remove);

describe.each(NODE_MAJORS)('Fashion-MNIST as PNG files with a CSV, in Node %i', (major) => {
  const csv = { name: 'csv', path: table, height: SIDE };
  const pack = ['--pack', join(folder.path, `csv-${major}.pack`)];

  it('trains to the weights that its own files give, byte for byte', async () => {
    const node = await nodeProgram(major);
    const ofIdx = ['train', ...trainOn(`idx-${major}`, { name: 'idx', path: idx })];
    expect(await residual(ofIdx, {}, node)).toMatchObject({ code: 0 });
    const ofCsv = ['train', ...trainOn(`csv-${major}`, csv), ...pack, '--json'];
    const { code, stdout } = await residual(ofCsv, {}, node);
    expect(code).toBe(0);
    const events = eventsOf(stdout);
    expect(stdout).toMatch(/"type":"packing".*"total":70000/);
    expect(events.find(({ type }) => type === 'start')).toMatchObject({
      trainExamples: 55_000,
      totalSteps: 430,
    });
    const learnt = learntBy(runOf(`csv-${major}`));
    expect(Object.keys(learnt.tensors).length).toBeGreaterThan(20);
    expect(learnt.history[0].validationAccuracy).toBeGreaterThan(0.5);
    expect(learnt).toEqual(learntBy(runOf(`idx-${major}`)));
    expect(learntBy(runOf(`csv-${major}`))).toEqual(learntBy(runOf(`csv-${NODE_MAJORS[0]}`)));
  });

  it('and so it does when it is stopped inside the epoch and goes on', async () => {
    const node = await nodeProgram(major);
    const name = `stopped-${major}`;
    const words = [...trainOn(name, csv), ...pack, '--checkpoint-every', '0.001'];
    const moment = { type: 'checkpoint', count: 40 } as const;
    const stopped = await interruptAfter(words, moment, ({ child }) => child.kill('SIGINT'), node);
    expect(stopped.code).toBe(130);
    expect(eventsOf(stopped.stdout).some(({ type }) => type === 'epoch')).toBe(false);
    const again = await residual(['train', '--resume', runOf(name), ...pack, '--json'], {}, node);
    expect(again.code).toBe(0);
    const start = eventsOf(again.stdout).find(({ type }) => type === 'start');
    expect(start).toMatchObject({ resumedAt: { epoch: 1, batch: expect.any(Number) } });
    expect(learntBy(runOf(name))).toEqual(learntBy(runOf(`idx-${major}`)));
  });
});

describe('Fashion-MNIST as a bare folder', () => {
  it('trains to the weights that the same pictures in memory give, in its order and in its parts', async () => {
    const ofFolder = ['train', ...trainOn('folder', { name: 'folder', path: pictures, height: SIDE })];
    expect(await residual(ofFolder)).toMatchObject({ code: 0 });
    const { parts } = parseSplit(readFileSync(join(runOf('folder'), 'split.json'), 'utf8'), 'split.json');
    const inOrder = [...files.keys()].sort((a, b) => files[a]!.label - files[b]!.label || a - b);
    const arrays = (['train', 'validation', 'test'] as Part[]).flatMap((part) => {
      const of = inOrder.map((i) => files[i]!).filter(({ sha256 }) => parts[sha256] === part);
      const prefix = part === 'validation' ? 'val' : part;
      const [levels, labels] = [of.map((file) => file.levels), of.map(({ label }) => label)];
      return [
        {
          name: `${prefix}_images.npy`,
          data: npyOf([of.length, SIDE, SIDE], new Uint8Array(Buffer.concat(levels))),
        },
        { name: `${prefix}_labels.npy`, data: npyOf([of.length], Uint8Array.from(labels)) },
      ];
    });
    const path = join(folder.path, 'memory.npz');
    writeFileSync(path, makeZip(arrays));
    expect(await residual(['train', ...trainOn('memory', { name: 'npz', path })])).toMatchObject({ code: 0 });
    expect(learntBy(runOf('folder'))).toEqual(learntBy(runOf('memory')));
    expect(learntBy(runOf('folder'))).not.toEqual(learntBy(runOf(`idx-${NODE_MAJORS[0]}`))); // another order
  });
});
