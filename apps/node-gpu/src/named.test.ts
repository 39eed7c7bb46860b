import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadSource } from '@residual/data';
import { models } from '@residual/models';
import { afterAll, describe, expect, it } from 'vitest';
import { modelNamed, recipeNamed, sourceNamed } from './named.js';

const folder = mkdtempSync(join(tmpdir(), 'residual-dataset-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An IDX file of unsigned bytes whose data count up. */
function idx(...dimensions: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((dimension, i) => {
    header.writeUInt32BE(dimension, 4 + 4 * i);
  });
  const length = dimensions.reduce((a, b) => a * b);
  return Buffer.concat([header, Buffer.from(Array.from({ length }, (_, i) => i % 10))]);
}

const good = join(folder, 'good');
mkdirSync(good);
writeFileSync(join(good, 'train-images-idx3-ubyte'), idx(20, 28, 28));
writeFileSync(join(good, 'train-labels-idx1-ubyte.gz'), gzipSync(idx(20)));
writeFileSync(join(good, 't10k-images-idx3-ubyte.gz'), gzipSync(idx(10, 28, 28)));
writeFileSync(join(good, 't10k-labels-idx1-ubyte'), idx(10));

let copies = 0;
function damaged(change: (directory: string) => void): string {
  const directory = join(folder, `copy-${copies++}`);
  cpSync(good, directory, { recursive: true });
  change(directory);
  return directory;
}

const load = async (what?: string) => loadSource(await sourceNamed(what));

describe('sourceNamed', () => {
  it.each([[undefined], ['fashion-mnist']])('gives Fashion-MNIST for %s', async (what) => {
    const { train, test } = await load(what);
    expect([train.length, test?.length]).toEqual([60_000, 10_000]);
    expect(train.classNames[train.labels[0]!]).toBe('Ankle boot');
  });

  it("reads MNIST's four files, packed or not, with digits for names", async () => {
    const { train, test, task } = await load(good);
    expect([train.length, test?.length]).toEqual([20, 10]);
    expect(task).toMatchObject({ picture: { height: 28, width: 28, channels: 1 }, data: { name: 'good' } });
    expect(train.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it.each<[string, (directory: string) => void, RegExp]>([
    [
      '34 the wrong magic number',
      (directory) => writeFileSync(join(directory, 't10k-labels-idx1-ubyte'), Buffer.alloc(30, 7)),
      /t10k-labels-idx1-ubyte: expected .* magic 0x07070707/,
    ],
    [
      '35 labels for pictures',
      (directory) => writeFileSync(join(directory, 'train-images-idx3-ubyte'), idx(20)),
      /train-images-idx3-ubyte: expected pictures/,
    ],
    [
      '38 one byte too few',
      (directory) => truncateSync(join(directory, 'train-images-idx3-ubyte'), 16 + 20 * 784 - 1),
      /train-images-idx3-ubyte: expected 15680 bytes .* received 15679/,
    ],
    [
      '40 another number of labels',
      (directory) => writeFileSync(join(directory, 't10k-labels-idx1-ubyte'), idx(9)),
      /t10k-labels-idx1-ubyte: expected 10 labels, one a picture, received 9/,
    ],
    [
      '44 a packed file cut off',
      (directory) => truncateSync(join(directory, 'train-labels-idx1-ubyte.gz'), 20),
      /train-labels-idx1-ubyte\.gz: expected /,
    ],
    [
      'a missing file',
      (directory) => rmSync(join(directory, 'train-labels-idx1-ubyte.gz')),
      /copy-\d+: expected a file train-labels-idx1-ubyte, packed \(\.gz\) or not, received t10k-/,
    ],
  ])('refuses %s, naming the file', async (_, change, message) => {
    await expect(load(damaged(change))).rejects.toThrow(message);
  });

  it('keeps the whole path of a folder, however it is written', async () => {
    const row = await sourceNamed(good);
    expect(row).toEqual({ name: 'idx', path: good });
    expect(await sourceNamed(`${good}/`)).toEqual(row);
    expect(await sourceNamed(relative(process.cwd(), good))).toEqual(row);
  });

  it('refuses what is neither a folder nor a source, and says how one of your own comes in', async () => {
    const none = join(folder, 'none');
    await expect(sourceNamed(none)).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(none) }),
    );
    await expect(sourceNamed('flowers')).rejects.toThrow(/--data: .* received flowers\. .*--import FILE/);
  });

  it('refuses pictures of another size than those of the other part', async () => {
    const directory = damaged((copy) =>
      writeFileSync(join(copy, 'train-images-idx3-ubyte'), idx(20, 27, 28)),
    );
    await expect(load(directory)).rejects.toThrow(/t10k-images-idx3-ubyte\.gz: expected pictures of 27x28/);
  });
});

describe('modelNamed', () => {
  it('takes a name as it is, and with underscores as torchvision writes it', () => {
    expect(modelNamed('resnext50_32x4d', 'MODEL')).toBe(models['resnext50-32x4d']);
    for (const name of Object.keys(models)) expect(modelNamed(name, 'MODEL').name).toBe(name);
  });

  it('lists the networks when there is none of that name', () => {
    expect(() => modelNamed('vgg', '--model')).toThrow(
      /^--model: .* received vgg\. There are d2l-resnet18, .*resnet152/,
    );
  });
});

describe('recipeNamed', () => {
  it('takes every recipe, and auto for none', () => {
    expect(recipeNamed('quick')?.name).toBe('quick');
    expect([recipeNamed(), recipeNamed('auto')]).toEqual([undefined, undefined]);
    expect(() => recipeNamed('best')).toThrow(
      /^--recipe: expected auto, d2l, quick or photos, received best\./,
    );
  });
});
