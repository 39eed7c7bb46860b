import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PictureDataset } from '../dataset.js';
import { normalizationOf } from '../normalization.js';
import { loadSource } from '../source.js';
import { parseTask } from '../task.js';
import { taskOf } from '../taskOf.js';
import { idxSource, readIdxFolder } from './idx.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-idx-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An IDX file of unsigned bytes that count up to `classes` over and over. */
function idx(dimensions: number[], classes: number): Uint8Array {
  const length = dimensions.reduce((product, dimension) => product * dimension, 1);
  const sizes = dimensions.flatMap((size) => [0, 0, size >> 8, size & 255]);
  return Uint8Array.from([
    0,
    0,
    8,
    dimensions.length,
    ...sizes,
    ...Array.from({ length }, (_, i) => i % classes),
  ]);
}

/** A folder of 26 and 13 pictures of 40x24 in 13 classes. */
function pictures(
  name: string,
  channels: 1 | 3,
  imagesName = `images-idx${channels === 3 ? 4 : 3}-ubyte`,
): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [part, count] of [
    ['train', 26],
    ['t10k', 13],
  ] as const) {
    const shape = channels === 3 ? [count, 40, 24, 3] : [count, 40, 24];
    writeFileSync(join(path, `${part}-${imagesName}`), idx(shape, 100));
    writeFileSync(join(path, `${part}-labels-idx1-ubyte.gz`), gzipSync(idx([count], 13)));
  }
  return path;
}

describe('readIdxFolder', () => {
  it('41, 43 reads 40x24 pictures of 3 channels in 13 classes, by the name of the folder', async () => {
    const { train, test } = await readIdxFolder(`${pictures('colours', 3)}/`);
    expect(train).toMatchObject({ name: 'colours/train', length: 26, shape: [40, 24, 3] });
    expect(test).toMatchObject({ name: 'colours/t10k', length: 13 });
    expect(train.classNames.at(-1)).toBe('12');
  });

  it('field 17: leaves folders of the same names alone', async () => {
    const path = pictures('kaggle', 1, 'images.idx3-ubyte');
    mkdirSync(join(path, 'train-images-idx3-ubyte'));
    expect((await readIdxFolder(path)).train.length).toBe(26);
  });

  it.each<[string, (packed: Buffer) => Buffer, RegExp]>([
    [
      'has a second member',
      (packed) => Buffer.concat([packed, packed]),
      /received more, or a second gzip member/,
    ],
    [
      'has bytes after its end',
      (packed) => Buffer.concat([packed, Buffer.from('more')]),
      /received 4 more bytes/,
    ],
    ['ends too early', (packed) => packed.subarray(0, -6), /ends too early/],
    [
      'is damaged',
      (packed) => Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]),
      /incorrect data check/,
    ],
    [
      'is a bomb',
      () => gzipSync(Buffer.concat([idx([13], 13), Buffer.alloc(5e6)])),
      /expected 13 bytes of data for the dimensions \[13\], received more/,
    ],
    [
      'says that it is larger than any',
      () => gzipSync(Uint8Array.of(0, 0, 8, 2, ...[0, 1, 0, 0], ...[0, 0, 128, 0], 1)),
      /at most 1073741824 bytes of content, received 2147483660, as its header says/,
    ],
    [
      'holds something else',
      () => gzipSync(Buffer.alloc(5e6, 1)),
      /two zero bytes, received magic 0x01010101/,
    ],
  ])('refuses a packed file that %s', async (what, change, message) => {
    const path = pictures(what, 1);
    const file = join(path, 'train-labels-idx1-ubyte.gz');
    writeFileSync(file, change(readFileSync(file)));
    await expect(readIdxFolder(path)).rejects.toThrow(message);
  });

  it.each([
    ['field 17: in folders of their names', (file: string) => `${file.replace('.idx', '-idx')}/${file}`],
    ['where torchvision keeps them', (file: string) => `raw/${file}`],
  ])('reads files that lie %s', async (what, placeOf) => {
    const from = pictures(`from ${what.slice(0, 9)}`, 1, 'images.idx3-ubyte');
    const path = join(folder, what.slice(0, 9).replace(':', ''));
    for (const file of readdirSync(from)) {
      mkdirSync(dirname(join(path, placeOf(file))), { recursive: true });
      renameSync(join(from, file), join(path, placeOf(file)));
    }
    expect((await readIdxFolder(path)).train.length).toBe(26);
  });

  it('refuses a folder that is not there, or a file, by its path', async () => {
    const none = join(folder, 'none');
    await expect(readIdxFolder(none)).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', where: none, received: 'nothing of that name' }),
    );
    writeFileSync(none, '');
    await expect(readIdxFolder(none)).rejects.toThrow(expect.objectContaining({ received: 'a file' }));
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(readIdxFolder(empty)).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', where: empty }),
    );
  });
});

describe('the source idx', () => {
  it('gives pictures and the task that they teach, which names them and not their place', async () => {
    const path = pictures('mine', 3);
    const { train, test, task } = await loadSource(idxSource({ path }));
    expect([train.length, test?.length]).toEqual([26, 13]);
    expect(parseTask(JSON.parse(JSON.stringify(task)), 'task')).toEqual({
      version: 1,
      picture: { height: 40, width: 24, channels: 3 },
      steps: [{ name: 'color' }, { name: 'stretch', height: 40, width: 24, interpolation: 'bilinear' }],
      normalize: normalizationOf(train as PictureDataset),
      classNames: Array.from({ length: 13 }, (_, i) => String(i)),
      data: { name: 'mine', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(JSON.stringify(task)).not.toContain(folder);
    const classNames = Array.from({ length: 13 }, (_, i) => `class ${i}`);
    const named = await loadSource(idxSource({ path, dataName: 'flowers', classNames }));
    expect(named.task).toMatchObject({ data: { name: 'flowers' }, classNames });
  });

  it('knows the pictures again wherever they lie, and others from them, by a single level or label of any part', async () => {
    const hashOf = async (path: string) => (await loadSource(idxSource({ path }))).task.data.sha256;
    const hash = await hashOf(pictures('known', 1));
    expect(await hashOf(pictures('known again', 1))).toBe(hash);
    for (const file of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte.gz']) {
      const path = pictures(`changed ${file}`, 1);
      const packed = readFileSync(join(path, file));
      const bytes = file.endsWith('.gz') ? gunzipSync(packed) : packed;
      bytes[bytes.length - 1]! -= 1;
      writeFileSync(join(path, file), file.endsWith('.gz') ? gzipSync(bytes) : bytes);
      expect(await hashOf(path), file).not.toBe(hash);
    }
  });
});

describe('taskOf', () => {
  const grey = (fill: number): PictureDataset => ({
    name: 'grey',
    images: new Uint8Array(6 * 8).fill(fill),
    labels: new Uint8Array(8),
    shape: [3, 2, 1],
    length: 8,
    classNames: ['a'],
  });

  it('makes light on dark only where the pictures are', () => {
    const of = (fill: number) =>
      taskOf({ train: grey(fill), test: grey(fill) }, { name: 'grey', sha256: 'f'.repeat(64) });
    expect(of(9).steps).toEqual([
      { name: 'grey' },
      { name: 'lightOnDark' },
      { name: 'fitSubject', height: 3, width: 2 },
    ]);
    expect(of(250).steps).toEqual([
      { name: 'grey' },
      { name: 'stretch', height: 3, width: 2, interpolation: 'bilinear' },
    ]);
    expect(of(9).data).toEqual({ name: 'grey', sha256: 'f'.repeat(64) });
  });
});
