import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joined, loadSource, type PictureSource, readSource } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { type Entry, makeZip } from '../../../data/test/makeZip.js';
import { folders, png } from '../../test/pictureFiles.js';
import { preparation } from '../prepare.js';
import { folderSource } from './folder.js';
import { zipSource } from './zip.js';

const folder = folders();

function zip(entries: Entry[], name = 'animals.zip'): string {
  const path = join(folder({}), name);
  writeFileSync(path, makeZip(entries));
  return path;
}

const three = async () => ({
  'cat/1.png': await png(10),
  'cat/2.png': await png(20),
  'cat/10.png': await png(30),
  'dog/a.png': await png(40),
  'dog/b.png': await png(50),
});
const entriesOf = (files: Record<string, Uint8Array | string>, prefix = ''): Entry[] =>
  Object.entries(files).map(([name, data]) => ({
    name: prefix + name,
    data: typeof data === 'string' ? Buffer.from(data) : data,
  }));

describe('the source zip', () => {
  it('gives the same pictures, split, task and identity as the folder that is in it', async () => {
    const files = await three();
    const inside = await loadSource(
      zipSource({
        path: zip([
          ...entriesOf(files, 'animals/'),
          ...entriesOf({ '__MACOSX/animals/._a': 'x', 'animals/.DS_Store': 'x' }),
        ]),
        dataName: 'photos',
      }),
    );
    const outside = await loadSource(folderSource({ path: folder(files) }));
    expect(inside.task).toEqual(outside.task);
    expect(inside.report).toEqual(outside.report);
    for (const part of ['train', 'test'] as const) {
      const all = async (loaded: typeof inside) =>
        readSource(loaded[part] as PictureSource, {
          picture: [64, 64, 3],
          prepare: preparation(loaded.task),
        });
      expect(await all(inside)).toEqual(await all(outside));
    }
  });

  it('reads the CSV in it, beside what is not one of pictures', async () => {
    const files = {
      ...(await three()),
      'labels.csv': 'cat/1.png,miau,train\ndog/a.png,wau,train\ncat/2.png,miau,test',
      'sizes.csv': 'a,b\n1,2',
    };
    const { train, test, task } = await loadSource(zipSource({ path: zip(entriesOf(files)) }));
    expect([train.length, test?.length, task.classNames, task.data.name]).toEqual([
      2,
      1,
      ['miau', 'wau'],
      'animals',
    ]);
    const wrapped = await loadSource(zipSource({ path: zip(entriesOf(files, 'set/')) }));
    expect(wrapped.task.data.sha256).toBe(task.data.sha256);
    const two = zip(entriesOf({ ...files, 'more.csv': 'cat/1.png,a\ndog/a.png,b' }));
    await expect(loadSource(zipSource({ path: two }))).rejects.toThrow(
      expect.objectContaining({ code: 'ARGUMENT', received: 'labels.csv, more.csv' }),
    );
    expect((await loadSource(zipSource({ path: two, csv: 'more.csv' }))).task.classNames).toEqual(['a', 'b']);
  });

  it('100 to 108: passes over and names what can not be read safely, and reads the rest', async () => {
    const data = await png(60);
    const hostile: Entry[] = [
      { name: 'cat/link.png', data: Buffer.from('../../etc/passwd'), mode: 0o120777 },
      { name: 'cat/bomb.png', data, size: 10e9, zip64: true },
      { name: 'cat/more.png', data, size: 10 },
      { name: 'cat/local.png', localName: 'cat/other.png', data },
      { name: 'dog/secret.png', data, encrypted: true },
      { name: 'dog/large.png', data, zip64: true },
    ];
    const loaded = await loadSource(zipSource({ path: zip([...entriesOf(await three()), ...hostile]) }));
    const { report } = loaded;
    expect(joined(loaded).length).toBe(6);
    expect(report?.passedOver).toEqual([
      { file: 'cat/link.png', reason: 'a link' },
      { file: 'cat/bomb.png', reason: expect.stringContaining('10000000000 bytes when unpacked') },
      { file: 'dog/secret.png', reason: expect.stringContaining('encrypted') },
      {
        file: 'cat/local.png',
        reason: expect.stringContaining("a header that says something else than the archive's directory"),
      },
      { file: 'cat/more.png', reason: expect.stringContaining('as many bytes as the archive says') },
    ]);
  });

  it('98 refuses all of an archive whose names lead out of it', async () => {
    const path = zip([...entriesOf(await three()), { name: '../../cat/x.png', data: await png(1) }]);
    await expect(loadSource(zipSource({ path }))).rejects.toThrow(
      expect.objectContaining({ code: 'UNSAFE' }),
    );
  });

  it('keeps no archive open: it can be replaced between two runs, and is packed anew', async () => {
    const path = zip(entriesOf(await three()));
    await loadSource(zipSource({ path }));
    writeFileSync(path, makeZip(entriesOf({ 'other/1.png': await png(1), 'others/1.png': await png(2) })));
    const said: string[] = [];
    const { task } = await loadSource(zipSource({ path }), { onRemark: (sentence) => said.push(sentence) });
    expect(task.classNames).toEqual(['other', 'others']);
    expect(said).toEqual([expect.stringContaining('animals.zip has changed since it was packed (2 files')]);
  });
});
