import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  joined,
  loadSource,
  normalizationOf,
  type PictureSource,
  pictureDataset,
  readSource,
} from '@residual/data';
import { describe, expect, it } from 'vitest';
import { folders, png } from '../../test/pictureFiles.js';
import { preparation } from '../prepare.js';
import { csvSource } from './csv.js';

const folder = folders();

async function load(csv: string | Uint8Array, more: Record<string, string | Uint8Array> = {}) {
  const pictures = {
    'p/1.png': await png(1),
    'p/2.png': await png(2),
    'p/3.png': await png(3),
    'p/a, b "c".png': await png(4),
  };
  return loadSource(
    csvSource({ path: join(folder({ ...pictures, 'labels.csv': csv, ...more }), 'labels.csv') }),
  );
}

async function levels(source: PictureSource): Promise<number[]> {
  const pictures = await source.read(Uint32Array.from({ length: source.length }, (_, i) => i));
  return pictures.map(({ data }) => data[0]!);
}

describe('the source csv', () => {
  it('114 reads quotes, a byte order mark, CRLF, empty lines, backslashes and column names', async () => {
    const csv =
      '\ufeffLabel;"File";note;Split\r\n"big; dog";p/2.png;x;train\r\n\r\ncat;p\\1.png;;TRAIN\r\ncat;"p/a, b ""c"".png";;val\r\ncat;./p/3.png;;test';
    const { train, test, validation, task, report } = await load(csv);
    expect(task).toMatchObject({ classNames: ['big; dog', 'cat'], data: { name: 'labels' } });
    expect(await levels(train as PictureSource)).toEqual([2, 1]); // in the order of the file
    expect(await levels(validation as PictureSource)).toEqual([4]);
    expect(await levels(test as PictureSource)).toEqual([3]);
    expect(train.labels).toEqual(Uint8Array.of(0, 1));
    expect(report).toEqual({ passedOver: [] });
  });

  it('needs no column names, and numbers are classes in the order of numbers', async () => {
    const { train, task } = await load('p/1.png,10,train\np/2.png,2,train\np/3.png,2,valid\n');
    expect([task.classNames, [...train.labels]]).toEqual([
      ['2', '10'],
      [1, 0],
    ]);
    const tabs = await load('p/1.png\tb\np/2.png\ta\np/3.png\ta\n');
    expect([joined(tabs).length, Object.keys(tabs.split!.parts).length]).toEqual([3, 3]);
  });

  it('pictures of one size are the same bytes as in memory, in the order of the file', async () => {
    const { train, task } = await loadSource(
      csvSource({
        path: join(
          folder({
            't.png': await png(1, { grey: true }),
            'b.png': await png(200, { width: 4, height: 4, grey: true }),
            'a.png': await png(100, { width: 4, height: 4, grey: true }),
            'c.csv': 'b.png,1,train\na.png,0,train\nt.png,0,test',
          }),
          'c.csv',
        ),
        height: 4,
      }),
    );
    const { images } = await readSource(train as PictureSource, {
      picture: [4, 4, 1],
      prepare: preparation(task),
    });
    const memory = pictureDataset({
      name: 'c',
      images,
      labels: train.labels,
      shape: [4, 4, 1],
      classNames: ['0', '1'],
    });
    expect(task.normalize).toEqual(normalizationOf(memory));
    expect(images).toEqual(Uint8Array.from({ length: 32 }, (_, i) => (i < 16 ? 200 : 100)));
  });

  it('117 passes over a missing file, a folder, a link that leaves, a broken picture, a line without a label and one that is there twice, by its line', async () => {
    const outside = folder({ 'x.png': await png(9) });
    const path = folder({ 'p/1.png': await png(1), 'p/2.png': await png(2), 'p/bad.png': 'bad' });
    symlinkSync(join(outside, 'x.png'), join(path, 'p', 'out.png'));
    const csv = [
      'p/1.png,a',
      'p/2.png,b',
      'p/none.png,a',
      'p,a',
      'p/out.png,b',
      'p/2.png,',
      'p/2.png,b',
      'p/bad.png,a',
    ];
    writeFileSync(join(path, 'labels.csv'), csv.join('\n'));
    const { report } = await loadSource(csvSource({ path: join(path, 'labels.csv') }));
    expect(report?.passedOver).toEqual([
      { file: 'p/none.png', reason: 'labels.csv line 3: no such file' },
      { file: 'p', reason: 'labels.csv line 4: a folder' },
      { file: 'p/out.png', reason: 'labels.csv line 5: a link that leaves the folder' },
      { file: 'p/2.png', reason: 'labels.csv line 6: no label' },
      { file: 'p/2.png', reason: 'labels.csv line 7: as in line 2' },
      { file: 'p/bad.png', reason: expect.stringContaining('begins with') },
    ]);
  });

  it.each<[string, string | Uint8Array, string, RegExp]>([
    [
      '115 a quote that is not closed',
      'p/1.png,a\n"p/2.png,b',
      'FORMAT',
      /labels\.csv: line 2: expected a CSV file/,
    ],
    [
      '116 a path that climbs out',
      'p/1.png,a\np/../../x.png,b',
      'UNSAFE',
      /labels\.csv: line 2: .*inside the CSV's own folder/,
    ],
    ['116 an absolute path', '/etc/x.png,a', 'UNSAFE', /line 1/],
    ['116 a drive', 'C:\\x.png,a', 'UNSAFE', /line 1/],
    ['118 a line of 10 MB', `p/1.png,a\n${'x'.repeat(10e6)},b`, 'LIMIT', /at most 65536 characters/],
    ['119 UTF-16', new Uint8Array(Buffer.from('\ufeffp/1.png,a', 'utf16le')), 'FORMAT', /UTF-16.*CSV UTF-8/],
    ['119 another kind of file', Uint8Array.of(0xff, 0x00, 0x11), 'FORMAT', /another kind of file/],
    [
      '120 a picture of two classes',
      'p/1.png,a\np/2.png,b\np/1.png,b',
      'FORMAT',
      /line 3: expected p\/1\.png as in line 1: a, received b/,
    ],
    [
      '120 an unknown part',
      'p/1.png,a,train\np/2.png,b,holdout',
      'FORMAT',
      /line 2: expected train, val or test in the third column, received "holdout"/,
    ],
    [
      '117 no file that is there',
      'x.png,a\ny.png,b',
      'FORMAT',
      /received none \(passed over: x\.png: labels\.csv line 1: no such file, and 1 more\)/,
    ],
  ])('refuses %s', async (_, csv, code, message) => {
    await expect(load(csv)).rejects.toThrow(expect.objectContaining({ code }));
    await expect(load(csv)).rejects.toThrow(message);
  });
});
