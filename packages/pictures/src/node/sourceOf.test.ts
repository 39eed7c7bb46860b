import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { loadSource } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { makeZip } from '../../../data/test/makeZip.js';
import { folders, png } from '../../test/pictureFiles.js';
import { sourceOf } from './sourceOf.js';

const folder = folders();
const of = async (files: Record<string, string | Uint8Array>, name = '') => {
  const path = join(folder(files), name);
  const row = await sourceOf(path);
  return { ...row, path: String(row.path).replace(path, '.') };
};

describe('sourceOf', () => {
  it('knows a folder for each class, and a CSV that names pictures', async () => {
    const pictures = { 'a/1.png': await png(1), 'b/1.png': await png(2) };
    expect(await of(pictures)).toEqual({ name: 'folder', path: '.' });
    expect(await of({ ...pictures, 'notes.csv': 'who,when\nme,now' })).toMatchObject({ name: 'folder' });
    expect(await of({ ...pictures, 'labels.csv': 'image,label\na/1.png,x\nb/1.png,y' })).toEqual({
      name: 'csv',
      path: './labels.csv',
    });
    expect(await of({ ...pictures, 'labels.txt': 'a/1.png,x\nb/1.png,y' }, 'labels.txt')).toEqual({
      name: 'csv',
      path: '.',
    });
  });

  it('knows archives by their content', async () => {
    const data = await png(1);
    const zip = makeZip([
      { name: 'a/1.png', data },
      { name: 'b/1.png', data },
    ]);
    expect(await of({ photos: zip }, 'photos')).toEqual({ name: 'zip', path: '.' });
    const arrays = makeZip([{ name: 'train_images.npy', data }]);
    expect(await of({ 'set.bin': arrays }, 'set.bin')).toEqual({ name: 'npz', path: '.' });
    expect(await of({ 'set.npz': arrays })).toEqual({ name: 'npz', path: './set.npz' });
  });

  it('knows the files of IDX and CIFAR, beside whatever lies there, and the folder of one of them', async () => {
    const idx = { 'train-images.idx3-ubyte': 'x', 'train-images-idx3-ubyte/': '' };
    expect(await of(idx)).toEqual({ name: 'idx', path: '.' });
    expect(
      await of({ 'emnist-letters-train-images-idx3-ubyte.gz': 'x', 'emnist-letters-mapping.txt': '' }),
    ).toMatchObject({ name: 'idx' });
    const inFolders = { 'train-images-idx3-ubyte/train-images.idx3-ubyte': 'x' };
    expect(await of(inFolders)).toEqual({ name: 'idx', path: '.' });
    expect(await of({ 'raw/train-images-idx3-ubyte.gz': 'x' })).toEqual({ name: 'idx', path: '.' });
    const path = folder(idx);
    expect(await sourceOf(join(path, 'train-images.idx3-ubyte'))).toEqual({ name: 'idx', path });
    expect(await of({ 'data_batch_1.bin': 'x' })).toEqual({ name: 'cifar10', path: '.' });
    expect(await of({ 'cifar-10-batches-bin/data_batch_1.bin': 'x' })).toEqual({
      name: 'cifar10',
      path: '.',
    });
    expect(await of({ 'train.bin': 'x', 'test.bin': 'x' })).toEqual({ name: 'cifar100', path: '.' });
  });

  it.each<[string, Record<string, string | Uint8Array>, string, RegExp]>([
    ['an empty folder', { '.DS_Store': '' }, '', /received an empty folder/],
    [
      'a table whose paths lead elsewhere',
      { '1.png': 'x', 'labels.csv': '/elsewhere/1.png,a\n/elsewhere/2.png,b\n' },
      '',
      /Name one of them: .*labels\.csv\./,
    ],
    [
      'field 19: a folder of archives',
      { 'a.zip': 'x', 'b.zip': 'x' },
      '',
      /received a folder with a\.zip, b\.zip\. Name one of them: .*a\.zip\./,
    ],
    [
      'a folder of loose files',
      { 'notes.txt': 'x', '1.png': 'x' },
      '',
      /a folder with 1\.png, notes\.txt\. Make a folder for each class/,
    ],
    [
      'field 19: an archive of IDX files',
      { 'archive.zip': makeZip([{ name: 'x/train-images.idx3-ubyte', data: Uint8Array.of(1) }]) },
      'archive.zip',
      /received a zip archive of train-images\.idx3-ubyte\. Unpack it and give the folder/,
    ],
    [
      'a gzip file',
      { 'a.tar.gz': Uint8Array.of(0x1f, 0x8b, 8) },
      'a.tar.gz',
      /received a gzip file\. Unpack it/,
    ],
    [
      'one picture',
      { 'a.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47) },
      'a.png',
      /received one picture\. Give the folder/,
    ],
    ['other bytes', { 'a.bin': Uint8Array.of(7, 0, 1) }, 'a.bin', /received another kind of file/],
    ['an empty file', { 'a.csv': '' }, 'a.csv', /received an empty file/],
  ])('%s: says what was found and what would be read', async (_, files, name, message) => {
    const looking = sourceOf(join(folder(files), name));
    await expect(looking).rejects.toThrow(
      expect.objectContaining({ code: 'FORMAT', expected: expect.stringContaining('a CSV of path,label') }),
    );
    await expect(looking).rejects.toThrow(message);
  });

  it('says that links to folders are not followed', async () => {
    const path = folder({});
    for (const name of ['a', 'b']) symlinkSync(folder({ '1.png': 'x' }), join(path, name));
    await expect(sourceOf(path)).rejects.toThrow(
      /received links to folders \(a, b\), which are not followed\. Put the folders themselves there/,
    );
  });

  it('says that nothing is there', async () => {
    await expect(sourceOf(join(folder({}), 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', received: 'nothing of that name' }),
    );
  });

  it('gives rows that load', async () => {
    const path = folder({ 'a/1.png': await png(1), 'b/1.png': await png(2), 'b/2.png': await png(3) });
    expect((await loadSource(await sourceOf(path))).task.classNames).toEqual(['a', 'b']);
  });
});
