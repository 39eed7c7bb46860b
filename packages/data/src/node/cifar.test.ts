import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cifarReleases } from '../cifar.js';
import type { PictureDataset } from '../dataset.js';
import { loadSource } from '../source.js';
import { cifar10Source, cifar100Source } from './cifar.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'residual-cifar-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** `count` records, of labels that count up: red is 1, green 2, blue 3 but for the first pixel's red. */
function records(count: number, labelBytes: number, first = 0): Uint8Array {
  const record = labelBytes + 3072;
  const bytes = new Uint8Array(count * record);
  for (let i = 0; i < count; i++) {
    bytes[i * record + labelBytes - 1] = first + i;
    for (let plane = 0; plane < 3; plane++) {
      bytes.fill(
        plane + 1,
        i * record + labelBytes + plane * 1024,
        i * record + labelBytes + (plane + 1) * 1024,
      );
    }
    bytes[i * record + labelBytes] = 200;
  }
  return bytes;
}

const files10 = (): Record<string, Uint8Array> => ({
  ...Object.fromEntries(cifarReleases.cifar10.train.map((name, i) => [name, records(2, 1, i)])),
  'test_batch.bin': records(3, 1),
});

function folder(name: string, files: Record<string, Uint8Array | string>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

describe('the sources cifar10 and cifar100', () => {
  it('reads the folder, the one around it and the one of a file; channels last', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `class ${i}`);
    const path = folder('around/cifar-10-batches-bin', {
      ...files10(),
      'batches.meta.txt': `${names.join('\n')}\n\n`,
    });
    for (const given of [path, join(root, 'around'), join(path, 'data_batch_3.bin')]) {
      const { train, test, task } = await loadSource(cifar10Source({ path: given }));
      expect(train).toMatchObject({
        name: 'cifar10/train',
        length: 10,
        shape: [32, 32, 3],
        classNames: names,
      });
      expect([...train.labels]).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
      expect([...(train as PictureDataset).images.subarray(3072, 3072 + 6)]).toEqual([200, 2, 3, 1, 2, 3]);
      expect([test?.length, task.data.name, task.picture.channels]).toEqual([3, 'cifar10', 3]);
    }
  });

  it('53 reads the fine classes of CIFAR-100', async () => {
    const path = folder('hundred', { 'train.bin': records(100, 2), 'test.bin': records(4, 2, 96) });
    const { train, test } = await loadSource(cifar100Source({ path }));
    expect([train.labels[99], test!.labels[0], train.classNames[99]]).toEqual([99, 96, '99']);
  });

  it.each<[string, Record<string, Uint8Array | undefined>, string, RegExp]>([
    [
      '50 a file cut off',
      { 'data_batch_2.bin': records(2, 1).subarray(1) },
      'FORMAT',
      /data_batch_2\.bin: .* 3073 bytes/,
    ],
    ['50 an empty file', { 'data_batch_2.bin': new Uint8Array(0) }, 'FORMAT', /received 0 bytes/],
    [
      '51 a label of 10',
      { 'data_batch_5.bin': records(3, 1, 9) },
      'FORMAT',
      /data_batch_5\.bin: .*0 to 9, received 10 at position 1/,
    ],
    ['52 a missing batch', { 'data_batch_4.bin': undefined }, 'NOT_FOUND', /a file data_batch_4\.bin/],
    [
      '53 the files of CIFAR-100 under these names',
      { 'test_batch.bin': records(3, 2) },
      'FORMAT',
      /those of cifar100/,
    ],
  ])('refuses %s, naming the file', async (name, change, code, message) => {
    const files = Object.fromEntries(
      Object.entries({ ...files10(), ...change }).filter(([, bytes]) => bytes),
    ) as Record<string, Uint8Array>;
    const loading = loadSource(cifar10Source({ path: folder(name, files) }));
    await expect(loading).rejects.toThrow(expect.objectContaining({ code }));
    await expect(loading).rejects.toThrow(message);
  });

  it('refuses a list of names that is not whole', async () => {
    const path = folder('names', { ...files10(), 'batches.meta.txt': 'one\ntwo\n' });
    await expect(loadSource(cifar10Source({ path }))).rejects.toThrow(
      /batches\.meta\.txt: expected 10 class names, one a line, received 2/,
    );
  });
});
