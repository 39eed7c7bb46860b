import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { buildCommand, residual } from './residual.js';
import { eventsOf, folder, interruptAfter, resultOf, smallNetwork } from './tinyRun.js';

// All 70,000 pictures of Fashion-MNIST, each a PNG of its own, are learnt from to the same bits as those of its four files. Packing them
// takes a minute of a processor: in the other Nodes, and as a bare folder, it is a tenth of them.
const SIDE = 28;
const PICTURE = SIDE * SIDE;
const pictures = join(folder.path, 'pictures');
const tenth = join(folder.path, 'tenth');
const TABLE = 'labels.csv';
const idx = fileURLToPath(new URL('../../../packages/fashion-mnist/files', import.meta.url));

const OPTIONS = [
  ...['--recipe', 'quick', ...smallNetwork(), '--epochs', '1'],
  ...['--backend', 'simd', '--threads', '1'],
];

interface File {
  readonly label: number;
  readonly part: 'train' | 'test';
  /** In its class's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly levels: Uint8Array;
}

/** By their numbers: those to train on, then those of the test part, which is their order in their classes' folders too. */
const files: File[] = [];
const inTenth = () => files.filter((_, i) => i % 10 === 0);

/** Writes a picture as a grey PNG. */
function write({ images, labels }: PictureDataset, i: number, part: File['part']): void {
  const levels = images.subarray(i * PICTURE, (i + 1) * PICTURE);
  const rows = Buffer.alloc(SIDE * (1 + SIDE)); // each begins with its filter, none
  for (let y = 0; y < SIDE; y++) rows.set(levels.subarray(y * SIDE, (y + 1) * SIDE), y * (1 + SIDE) + 1);
  const png = pngOf({ width: SIDE, height: SIDE, isGrey: true, rows: deflateSync(rows, { level: 1 }) });
  const label = labels[i]!;
  const path = `${label}/${files.length}.png`;
  writeFileSync(join(pictures, path), png);
  files.push({ label, part, path, levels, sha256: createHash('sha256').update(png).digest('hex') });
}

function writeAll({ train, test }: DataParts<PictureDataset>): void {
  for (const place of [pictures, tenth])
    for (const label of train.classNames.keys()) mkdirSync(join(place, String(label)), { recursive: true });
  for (let i = 0; i < train.length; i++) write(train, i, 'train');
  for (let i = 0; i < test!.length; i++) write(test!, i, 'test');
  for (const { path } of inTenth()) linkSync(join(pictures, path), join(tenth, path));
  const lines = ({ path, label, part }: File) => `${path},${label},${part}`;
  writeFileSync(join(pictures, TABLE), files.map(lines).join('\n'));
  writeFileSync(join(tenth, TABLE), inTenth().map(lines).join('\n'));
}

/** Writes pictures as arrays, in their order. Returns the row of the source. */
function writeArrays(
  name: string,
  pictures: readonly File[],
  partOf: (file: File) => Part | undefined,
): object {
  const arrays = (['train', 'validation', 'test'] as Part[]).flatMap((part) => {
    const of = pictures.filter((file) => partOf(file) === part);
    if (of.length === 0) return [];
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
  const path = join(folder.path, `${name}.npz`);
  writeFileSync(path, makeZip(arrays));
  return { name: 'npz', path };
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

const ALL = { count: 70_000, trainExamples: 55_000, totalSteps: 430, options: [] };
const TENTH = {
  ...{ count: 7000, trainExamples: 5500, totalSteps: 344 },
  options: ['--hold-out', '500', '--batch-size', '16'],
};

beforeAll(async () => {
  await buildCommand();
  writeAll(await fashionMnist());
  // What all others are compared with.
  const ofAll = trainOn('all', { name: 'idx', path: idx });
  expect(await residual(['train', ...ofAll])).toMatchObject({ code: 0 });
  const ofTenth = trainOn(
    'tenth',
    writeArrays('tenth', inTenth(), ({ part }) => part),
  );
  expect(await residual(['train', ...ofTenth, ...TENTH.options])).toMatchObject({ code: 0 });
});
afterAll(folder.remove);

const [newest, ...older] = NODE_MAJORS.toReversed();

describe.each([
  { what: 'all', major: newest!, place: pictures, ...ALL },
  ...older.map((major) => ({ what: 'tenth', major, place: tenth, ...TENTH })),
])('Fashion-MNIST as PNG files with a CSV, $what, in Node $major', ({ what, major, place, ...of }) => {
  const csv = { name: 'csv', path: join(place, TABLE), height: SIDE };
  const pack = ['--pack', join(folder.path, `csv-${major}.pack`)];

  it('trains to the weights that the pictures in memory give, byte for byte', async () => {
    const node = await nodeProgram(major);
    const words = [...trainOn(`csv-${major}`, csv), ...of.options, ...pack];
    const { code, stdout } = await residual(['train', ...words, '--json'], {}, node);
    expect(code).toBe(0);
    const events = eventsOf(stdout);
    expect(stdout).toMatch(new RegExp(`"type":"packing".*"total":${of.count}\\b`));
    expect(events.find(({ type }) => type === 'start')).toMatchObject({
      trainExamples: of.trainExamples,
      totalSteps: of.totalSteps,
    });
    const learnt = learntBy(runOf(`csv-${major}`));
    expect(Object.keys(learnt.tensors).length).toBeGreaterThan(20);
    expect(learnt.history[0].validationAccuracy).toBeGreaterThan(0.5);
    expect(learnt).toEqual(learntBy(runOf(what)));
  });

  it('and so it does when it is stopped inside the epoch and goes on', async () => {
    const node = await nodeProgram(major);
    const name = `stopped-${major}`;
    const words = [...trainOn(name, csv), ...of.options, ...pack, '--checkpoint-every', '0.001'];
    const moment = { type: 'checkpoint', count: 40 } as const;
    const stopped = await interruptAfter(words, moment, ({ child }) => child.kill('SIGINT'), node);
    expect(stopped.code).toBe(130);
    expect(eventsOf(stopped.stdout).some(({ type }) => type === 'epoch')).toBe(false);
    const again = await residual(['train', '--resume', runOf(name), ...pack, '--json'], {}, node);
    expect(again.code).toBe(0);
    const start = eventsOf(again.stdout).find(({ type }) => type === 'start');
    expect(start).toMatchObject({ resumedAt: { epoch: 1, batch: expect.any(Number) } });
    expect(learntBy(runOf(name))).toEqual(learntBy(runOf(what)));
  });
});

describe('Fashion-MNIST as a bare folder', () => {
  it('trains to the weights that the same pictures in memory give, in its order and in its parts', async () => {
    const ofFolder = ['train', ...trainOn('folder', { name: 'folder', path: tenth, height: SIDE })];
    expect(await residual(ofFolder)).toMatchObject({ code: 0 });
    const { parts } = parseSplit(readFileSync(join(runOf('folder'), 'split.json'), 'utf8'), 'split.json');
    const inOrder = inTenth().toSorted((a, b) => a.label - b.label); // stable: by their numbers in a class
    for (const [name, pictures] of Object.entries({ ordered: inOrder, unordered: inTenth() })) {
      const row = writeArrays(name, pictures, ({ sha256 }) => parts[sha256]);
      expect(await residual(['train', ...trainOn(name, row)])).toMatchObject({ code: 0 });
    }
    expect(learntBy(runOf('folder'))).toEqual(learntBy(runOf('ordered')));
    expect(learntBy(runOf('folder'))).not.toEqual(learntBy(runOf('unordered')));
  });
});
