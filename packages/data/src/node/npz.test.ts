import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entry, makeZip } from '../../test/makeZip.js';
import { npyOf } from '../../test/npyOf.js';
import type { PictureDataset } from '../dataset.js';
import { readNpy } from '../npz.js';
import { loadSource } from '../source.js';
import { npzSource } from './npz.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-npz-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const pictures = (count: number) =>
  npyOf(
    [count, 4, 3],
    Uint8Array.from({ length: count * 12 }, (_, i) => i % 251),
  );
const labels = (count: number, classes = 3) =>
  npyOf(
    [count, 1],
    new Uint8Array(BigInt64Array.from({ length: count }, (_, i) => BigInt(i % classes)).buffer),
    { type: '<i8' },
  );
const good = {
  'train_images.npy': pictures(12),
  'train_labels.npy': labels(12),
  'val_images.npy': pictures(6),
  'val_labels.npy': labels(6),
  'test_images.npy': pictures(3),
  'test_labels.npy': labels(3),
};

function file(name: string, arrays: Record<string, Uint8Array>): string {
  const path = join(folder, name);
  writeFileSync(path, makeZip(Object.entries(arrays).map(([entry, data]) => ({ name: entry, data }))));
  return path;
}

describe('the source npz', () => {
  it("reads MedMNIST's names, with its validation part", async () => {
    const { train, test, validation, task } = await loadSource(
      npzSource({ path: file('pathmnist.npz', good) }),
    );
    expect(train).toMatchObject({
      name: 'pathmnist/train',
      length: 12,
      shape: [4, 3, 1],
      classNames: ['0', '1', '2'],
    });
    expect([...(train as PictureDataset).images.subarray(12, 15)]).toEqual([12, 13, 14]);
    expect([...train.labels.subarray(0, 4)]).toEqual([0, 1, 2, 0]);
    expect([validation?.length, test?.length]).toEqual([6, 3]);
    expect(task).toMatchObject({
      data: { name: 'pathmnist' },
      picture: { height: 4, width: 3, channels: 1 },
    });
  });

  it("reads Keras' names, colour pictures, and labels that are names elsewhere", async () => {
    const color = npyOf([2, 4, 3, 3], new Uint8Array(72));
    const path = file('own.npz', {
      'x_train.npy': color,
      'y_train.npy': npyOf([2], Uint8Array.of(1, 0)),
      'x_test.npy': color,
      'y_test.npy': npyOf([2], Uint8Array.of(0, 1)),
    });
    const { train } = await loadSource(npzSource({ path, dataName: 'mine', classNames: ['cat', 'dog'] }));
    expect(train).toMatchObject({ name: 'mine/train', shape: [4, 3, 3], classNames: ['cat', 'dog'] });
  });

  it('has the parts that the file has: validation and test may be left out', async () => {
    const { 'test_images.npy': _, 'test_labels.npy': __, ...two } = good;
    const validated = await loadSource(npzSource({ path: file('two.npz', two) }));
    expect([validated.validation?.length, 'test' in validated]).toEqual([6, false]);
    const alone = { 'train_images.npy': pictures(12), 'train_labels.npy': labels(12) };
    const { train, task: _task, ...others } = await loadSource(npzSource({ path: file('one.npz', alone) }));
    expect([train.length, others]).toEqual([12, {}]);
  });

  it('takes arrays that pack well: black pictures', async () => {
    const black = (count: number) => npyOf([count, 300, 300], new Uint8Array(count * 90_000));
    const two = { 'train_images.npy': black(12), 'test_images.npy': black(3), 'val_images.npy': black(6) };
    const { train } = await loadSource(npzSource({ path: file('black.npz', { ...good, ...two }) }));
    expect(train).toMatchObject({ shape: [300, 300, 1] });
  });

  it.each<[string, Record<string, Uint8Array>, string, RegExp]>([
    [
      '109 pickled objects',
      { 'train_labels.npy': npyOf([12], new Uint8Array(30), { type: '|O' }) },
      'FORMAT',
      /integers, received the type "\|O"/,
    ],
    [
      '110 a shape of more bytes than there are',
      { 'val_images.npy': npyOf([6e9, 4, 3], new Uint8Array(72)) },
      'FORMAT',
      /72000000000 bytes/,
    ],
    [
      '110 another kind of file',
      { 'val_images.npy': Uint8Array.of(1, 2) },
      'FORMAT',
      /val_images\.npy: .*another kind/,
    ],
    [
      '111 floats',
      { 'test_images.npy': npyOf([3, 4, 3], new Uint8Array(36 * 4), { type: '<f4' }) },
      'FORMAT',
      /astype\("uint8"\)/,
    ],
    [
      '111 wider pictures',
      { 'test_images.npy': npyOf([3, 4, 3], new Uint8Array(36 * 2), { type: '<u2' }) },
      'FORMAT',
      /of other numbers/,
    ],
    [
      '111 column-major pictures',
      { 'test_images.npy': npyOf([3, 4, 3], new Uint8Array(36), { order: 'True' }) },
      'FORMAT',
      /ascontiguousarray/,
    ],
    [
      '111 volumes',
      { 'test_images.npy': npyOf([3, 4, 3, 5], new Uint8Array(180)) },
      'FORMAT',
      /\[3, 4, 3, 5\]/,
    ],
    [
      '112 parts of two sizes',
      { 'test_images.npy': npyOf([3, 3, 4], new Uint8Array(36)) },
      'MISMATCH',
      /test: images: expected pictures of \[4, 3, 1\].* received \[3, 4, 1\]/,
    ],
    [
      '112 several labels a picture',
      { 'train_labels.npy': npyOf([12, 2], new Uint8Array(24)) },
      'MISMATCH',
      /one class number for each of 12/,
    ],
    ['112 too few labels', { 'train_labels.npy': labels(11) }, 'MISMATCH', /received \[11, 1\]/],
    [
      '113 a bomb',
      { 'val_images.npy': npyOf([100, 10_000], new Uint8Array(1e6)) },
      'LIMIT',
      /val_images\.npy: .*more than 100000/,
    ],
  ])('refuses %s, naming the array', async (name, change, code, message) => {
    const path = file(`${name.slice(0, 3)}.npz`, { ...good, ...change });
    const loading = loadSource(npzSource({ path, maxBytes: 100_000 }));
    await expect(loading).rejects.toThrow(expect.objectContaining({ code }));
    await expect(loading).rejects.toThrow(message);
  });

  it.each<[string, Entry, string]>([
    ['98, 149 a name that climbs out', { name: '../train_images.npy', data: pictures(12) }, 'UNSAFE'],
    ['103, 149 a name twice', { name: 'train_images.npy', data: pictures(12) }, 'UNSAFE'],
    [
      '101, 149 a bomb of 10 GB',
      { name: 'val_images.npy', data: pictures(6), size: 10e9, zip64: true },
      'LIMIT',
    ],
    ['105, 149 an encrypted array', { name: 'val_images.npy', data: pictures(6), encrypted: true }, 'LIMIT'],
    ['100, 149 a link', { name: 'val_images.npy', data: pictures(6), mode: 0o120777 }, 'LIMIT'],
    ['104, 149 two names', { name: 'val_images.npy', localName: 'a', data: pictures(6) }, 'FORMAT'],
  ])('refuses %s', async (name, entry, code) => {
    const others = Object.entries(good).filter(
      ([one]) => entry.name === 'train_images.npy' || one !== entry.name,
    );
    const path = join(folder, `${name.replaceAll(' ', '-')}.npz`);
    writeFileSync(path, makeZip([...others.map(([one, data]) => ({ name: one, data })), entry]));
    await expect(loadSource(npzSource({ path }))).rejects.toThrow(expect.objectContaining({ code }));
  });

  it('106, 149 reads zip64', async () => {
    const path = join(folder, 'zip64.npz');
    writeFileSync(path, makeZip(Object.entries(good).map(([name, data]) => ({ name, data, zip64: true }))));
    expect((await loadSource(npzSource({ path }))).train.length).toBe(12);
  });

  it('lists what is there when the arrays are not', async () => {
    const path = file('other.npz', { 'a.npy': labels(3) });
    await expect(loadSource(npzSource({ path }))).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', received: 'a.npy' }),
    );
  });
});

describe('readNpy', () => {
  it('reads integers of every width and order', () => {
    for (const [type, width] of [
      ['|i1', 1],
      ['<u2', 2],
      ['>u2', 2],
      ['<i4', 4],
      ['>i8', 8],
    ] as const) {
      const data = new Uint8Array(2 * width);
      data[type.startsWith('>') ? width - 1 : 0] = 7;
      expect(readNpy(npyOf([2], data, { type }))).toEqual({ shape: [2], data: [7, 0] });
    }
    expect(() => readNpy(npyOf([1], new Uint8Array(1), { type: '\n<u2' }))).toThrow(/the type "\\n<u2"/);
    expect(() => readNpy(npyOf([1], new Uint8Array(1)).subarray(0, 20))).toThrow(
      /a header that is in the file/,
    );
  });
});
