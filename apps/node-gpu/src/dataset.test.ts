import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDataset } from './dataset.js';

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

describe('loadDataset', () => {
  it('gives Fashion-MNIST, and the first pictures of it', async () => {
    const { train, test } = await loadDataset(undefined, 20_000);
    expect([train.length, test.length]).toEqual([20_000, 10_000]);
    expect(train.classNames[train.labels[0]!]).toBe('Ankle boot');
  });

  it("reads MNIST's four files, packed or not, with digits for names", async () => {
    const { train, test } = await loadDataset(good, 12);
    expect([train.length, test.length]).toEqual([12, 10]);
    expect(train.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(train.shape).toEqual([28, 28, 1]);
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
    await expect(loadDataset(damaged(change))).rejects.toThrow(message);
  });

  it('refuses a folder that is not there', async () => {
    await expect(loadDataset(join(folder, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'ENOENT', path: join(folder, 'none') }),
    );
  });

  it('refuses pictures of another size than 28x28', async () => {
    const directory = damaged((copy) =>
      writeFileSync(join(copy, 'train-images-idx3-ubyte'), idx(20, 27, 28)),
    );
    await expect(loadDataset(directory)).rejects.toThrow(
      /train-images-idx3-ubyte: expected pictures of 28x28/,
    );
  });
});
