import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { joined, loadSource, type PictureSource, SourceLoader } from '@residual/data';
import { describe, expect, it, vi } from 'vitest';
import { filesFolder } from '../../test/files.js';
import { folders, png } from '../../test/pictureFiles.js';
import { centerCrop, resizeShortSide } from '../crop.js';
import { preparation } from '../prepare.js';
import { color } from '../steps.js';
import { folderSource } from './folder.js';
import { sizeFor } from './listing.js';

// Tests may run as root, whom no permission stops.
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof promises>();
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  const stopping =
    <Arguments extends unknown[]>(call: (...given: Arguments) => Promise<unknown>) =>
    (...given: Arguments) =>
      String(given[0]).endsWith('forbidden') ? Promise.reject(denied) : call(...given);
  return { ...fs, readdir: stopping(fs.readdir as never), open: stopping(fs.open) };
});

const folder = folders();
const load = (path: string) => loadSource(folderSource({ path }), { onRemark: () => {} });
const three = async () => ({
  'cat/1.png': await png(10),
  'cat/2.png': await png(20),
  'cat/10.png': await png(30),
  'dog/a.png': await png(40),
  'Owl/deep/er/a.png': await png(50),
});

/** The level of each picture, which says which it is. */
async function levels(source: PictureSource): Promise<number[]> {
  const pictures = await source.read(Uint32Array.from({ length: source.length }, (_, i) => i));
  return pictures.map(({ data }) => data[0]!);
}

describe('the source folder', () => {
  it('has a class for each folder, classes and pictures in natural order', async () => {
    const path = folder({
      'train/class 10/1.png': await png(1),
      'train/class 2/2.png': await png(2),
      'train/class 2/10.png': await png(3),
      'train/class 2/1.png': await png(4),
      'test/class 10/9.png': await png(5),
    });
    const { train, test, task, report } = await load(path);
    expect(train).toMatchObject({ name: 'photos/train', length: 4, labels: Uint8Array.of(0, 0, 0, 1) });
    expect(await levels(train as PictureSource)).toEqual([4, 2, 3, 1]);
    expect(test).toMatchObject({ name: 'photos/test', length: 1, labels: Uint8Array.of(1) });
    expect(report).toEqual({ passedOver: [] });
    expect(task).toEqual({
      version: 1,
      picture: { height: 64, width: 64, channels: 3 },
      steps: [
        { name: 'color', background: 255 },
        { name: 'stretch', height: 64, width: 64, interpolation: 'bilinear' },
      ],
      normalize: {
        // red is 1 to 4, green 40, blue 90
        mean: [0.0098, 0.1569, 0.3529],
        standardDeviation: [0.0044, 1, 1],
      },
      classNames: ['class 2', 'class 10'],
      data: { name: 'photos', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('reads batches as they are needed', async () => {
    const { train, task } = await loadSource(folderSource({ path: folder(await three()), height: 8 }));
    const loader = new SourceLoader(train as PictureSource, {
      batchSize: 2,
      shuffle: { seed: 1 },
      picture: [8, 8, 3],
      prepare: preparation(task),
    });
    const shapes = [];
    for await (const { shape } of loader.epoch(0)) shapes.push(shape);
    expect(shapes).toEqual([
      [2, 8, 8, 3],
      [1, 8, 8, 3],
    ]); // 3 of 5: one of the three cats validates, one tests
  });

  it('divides pictures that come in no parts, and has no part that a folder with parts has not', async () => {
    const files = await three();
    const { train, validation, test, split } = await load(folder(files));
    expect([train.length, validation?.length, test?.length]).toEqual([3, 1, 1]);
    expect([...train.labels]).toEqual([0, 1, 2]); // each class has pictures to train on
    expect(Object.keys(split!.parts)).toHaveLength(5);
    expect(train.classNames).toEqual(['Owl', 'cat', 'dog']);
    for (const [name, others] of [
      ['val', {}],
      ['Valid', {}],
      ['validation', { 'test/cat/1.png': await png(99) }],
    ] as const) {
      const parts = Object.entries(files).map(([file, bytes]) => [`train/${file}`, bytes] as const);
      const loaded = await load(
        folder({ ...Object.fromEntries(parts), [`${name}/cat/7.png`]: await png(70), ...others }),
      );
      expect([loaded.train.length, loaded.split]).toEqual([5, undefined]);
      expect(await levels(loaded.validation as PictureSource)).toEqual([70]);
      const test = loaded.test && (await levels(loaded.test as PictureSource));
      expect(test).toEqual('test/cat/1.png' in others ? [99] : undefined);
    }
  });

  it('a class may be called train; one folder around all is no class', async () => {
    const vehicles = { 'car/1.png': await png(1), 'train/1.png': await png(2), 'plane/1.png': await png(3) };
    expect((await load(folder(vehicles))).train.classNames).toEqual(['car', 'plane', 'train']);
    const around = Object.entries(vehicles).map(([file, bytes]) => [`flowers/${file}`, bytes] as const);
    const { task, report } = await load(
      folder({ ...Object.fromEntries(around), 'flowers/LICENSE.txt': 'free' }),
    );
    expect(task.classNames).toEqual(['car', 'plane', 'train']);
    expect(report?.passedOver).toEqual([{ file: 'flowers/LICENSE.txt', reason: 'in no folder of a class' }]);
  });

  it('says nothing of what systems put beside files', async () => {
    const path = folder({
      ...(await three()),
      '.DS_Store': 'x',
      'cat/Thumbs.db': 'x',
      'dog/desktop.ini': 'x',
      '__MACOSX/cat/._1.png': 'x',
      '.git/a/b.png': 'x',
    });
    const { report, train } = await load(path);
    expect([report?.passedOver, train.classNames.length]).toEqual([[], 3]);
  });

  it('81 to 83, 87, field: what is broken, empty, huge or something else is passed over and named, and stops nothing', async () => {
    const whole = await png(60, { width: 90, height: 90 });
    const path = folder({
      ...(await three()),
      'cat/3 empty.png': new Uint8Array(0),
      'cat/4 text.png': 'hello',
      'cat/5 cut.png': whole.subarray(0, whole.length - 40),
      'dog/notes.txt': 'woof',
      'dog/huge.png': hugePng(),
      'dog/jpeg.png': whole,
      'stray.png': whole,
    });
    const loaded = await load(path);
    const { report } = loaded;
    expect(joined(loaded).length).toBe(6);
    expect(report?.passedOver).toEqual([
      { file: 'stray.png', reason: 'in no folder of a class' },
      { file: 'cat/3 empty.png', reason: expect.stringContaining('received an empty file') },
      { file: 'cat/4 text.png', reason: expect.stringContaining('begins with 68 65 6c 6c') },
      { file: 'cat/5 cut.png', reason: expect.stringContaining('damaged') },
      { file: 'dog/huge.png', reason: expect.stringContaining('120 million pixels') },
      { file: 'dog/notes.txt', reason: expect.stringContaining('begins with 77 6f 6f 66') },
    ]);
  });

  it('88, 144, 145 names other kinds with how to convert them, and what was done to pictures that are read', async () => {
    const fixture = (name: string) => readFileSync(join(filesFolder, name));
    const heic = Buffer.from('\0\0\0\x10ftypheic\0\0\0\0', 'latin1');
    const path = folder({
      ...(await three()),
      'cat/4.jpg': fixture('animated.gif'),
      'cat/5': fixture('animated.webp'),
      'cat/6.png': heic,
      'dog/b.heic': heic,
      'dog/c.png': fixture('dark16.png'),
      'dog/d.png': fixture('brokenProfile.png'),
      'dog/e.txt': fixture('rgb.avif'),
    });
    const loaded = await load(path);
    const { report } = loaded;
    expect(joined(loaded).length).toBe(10);
    const reason = expect.stringMatching(/received a HEIC picture\. Convert it: magick mogrify .* \*\.heic/);
    expect(report?.passedOver).toEqual([
      { file: 'cat/6.png', reason },
      { file: 'dog/b.heic', reason },
    ]);
    expect(report?.noted).toEqual([
      { note: 'animated (first frame taken)', files: ['cat/4.jpg', 'cat/5'] },
      {
        note: 'of 16 bits that stay below 4,096 (nearly black: the high byte is taken)',
        files: ['dog/c.png'],
      },
    ]);
    expect((await load(path)).report).toEqual(report); // from the pack
  });

  it('146 keeps to the limits that the row says', async () => {
    const path = folder({ ...(await three()), 'cat/large.png': await png(9, { width: 300, height: 200 }) });
    const passedOver = async (limits: object) =>
      (await loadSource(folderSource({ path, ...limits }))).report?.passedOver.map(({ reason }) => reason);
    expect(await passedOver({ maxPixels: 59_999 })).toEqual([
      'expected at most 0.059999 million pixels, received 300x200. Make the picture smaller, or raise maxPixels',
    ]);
    const bytes = statSync(join(path, 'cat', 'large.png')).size;
    expect(await passedOver({ maxBytes: bytes - 1 })).toEqual([
      `expected at most ${bytes - 1} bytes, received ${bytes}. Make the picture smaller, or raise maxBytes`,
    ]);
    expect(await passedOver({ maxPixels: 60_000, maxBytes: bytes, seconds: 5 })).toEqual([]);
    expect(() => folderSource({ path, seconds: 0 })).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });

  it('85 a link that leaves the folder is passed over and named, one that stays is read', async () => {
    const path = folder(await three());
    const outside = folder({ 'secret.png': await png(77) });
    symlinkSync(join(outside, 'secret.png'), join(path, 'cat', 'out.png'));
    symlinkSync(outside, join(path, 'dog', 'away'));
    symlinkSync('../cat', join(path, 'dog', 'cats'));
    symlinkSync('..', join(path, 'dog', 'up'));
    symlinkSync('nothing', join(path, 'dog', 'broken.png'));
    symlinkSync('loop.png', join(path, 'dog', 'loop.png'));
    symlinkSync('a.png', join(path, 'dog', 'again.png'));
    execFileSync('mkfifo', [join(path, 'dog', 'pipe.png')]);
    const loaded = await load(path);
    const { report } = loaded;
    expect(joined(loaded).length).toBe(6);
    expect(report?.passedOver).toEqual([
      { file: 'cat/out.png', reason: 'a link that leaves the folder' },
      { file: 'dog/away', reason: 'a link that leaves the folder' },
      { file: 'dog/broken.png', reason: 'a link to nothing' },
      { file: 'dog/cats', reason: 'a link to a folder, whose files are read where they are' },
      { file: 'dog/loop.png', reason: 'a link that leads back to itself' },
      { file: 'dog/pipe.png', reason: 'neither a file nor a folder' },
      { file: 'dog/up', reason: 'a link to a folder, whose files are read where they are' },
    ]);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      '86 a class without a picture',
      { 'cow/': '' },
      'FORMAT',
      /for each of 4 classes, received 5 in all and none for 'cow'/,
    ],
    [
      '86 a class whose only picture is broken',
      { 'cow/1.png': 'moo' },
      'FORMAT',
      /none for 'cow' \(passed over: cow\/1\.png: expected/,
    ],
    [
      '121 a class that may not be read',
      { 'forbidden/1.png': '' },
      'PERMISSION',
      /photos\/forbidden: .*without permission/,
    ],
  ])('refuses %s', async (_, files, code, message) => {
    const loading = load(folder({ ...(await three()), ...files }));
    await expect(loading).rejects.toThrow(expect.objectContaining({ code }));
    await expect(loading).rejects.toThrow(message);
  });

  it('121 a file that may not be read is passed over', async () => {
    const { report } = await load(folder({ ...(await three()), 'cat/forbidden': await png(1) }));
    expect(report?.passedOver).toEqual([
      { file: 'cat/forbidden', reason: expect.stringContaining('without permission to read it') },
    ]);
  });

  it('122, 123 refuses one class, none, fewer pictures than classes, and what is no folder', async () => {
    const one = load(folder({ 'cat/1.png': await png(1) }));
    await expect(one).rejects.toThrow(/photos: expected at least two classes, received only 'cat'/);
    await expect(load(folder({}))).rejects.toThrow(/received none\. Make a folder for each class/);
    const few = folder({ 'a/1.png': await png(1), 'b/': '', 'c/': '' });
    await expect(load(few)).rejects.toThrow(
      /at least one picture to train on for each of 3 classes, received 1 in all/,
    );
    const testOnly = folder({
      'train/a/1.png': await png(1),
      'train/b/1.png': await png(2),
      'test/c/1.png': await png(3),
    });
    await expect(load(testOnly)).rejects.toThrow(/none for 'c'/);
    const path = folder({ file: '' });
    await expect(load(join(path, 'file'))).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', received: 'a file' }),
    );
    await expect(load(join(path, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', received: 'nothing of that name' }),
    );
  });

  it('is grey where all pictures are, and chooses a size by their sides', async () => {
    const files = async (grey: boolean) => ({
      'a/1.png': await png(1, { grey: true, width: 200, height: 120 }),
      'b/1.png': await png(2, { grey, width: 200, height: 120 }),
    });
    const { task } = await load(folder(await files(true)));
    expect([task.picture, task.steps[0]]).toEqual([
      { height: 128, width: 128, channels: 1 },
      { name: 'grey', background: 'contrast' },
    ]);
    expect((await load(folder(await files(false)))).task.picture.channels).toBe(3);
    expect([sizeFor(95), sizeFor(96)]).toEqual([64, 128]);
    const path = folder(await files(true));
    const own = await loadSource(folderSource({ path, height: 20, width: 30, dataName: 'mine' }));
    expect([own.task.picture, own.task.data.name]).toEqual([{ height: 20, width: 30, channels: 1 }, 'mine']);
  });

  it('lets the caller choose size and steps by what the headers say, before a picture is decoded', async () => {
    const path = folder({
      ...(await three()),
      'dog/wide.png': await png(60, { width: 40, height: 12 }),
      'dog/bad.png': 'x',
    });
    const seen: unknown[] = [];
    const steps = [color(), resizeShortSide({ size: 6 }), centerCrop({ height: 6, width: 6 })];
    const { task } = await loadSource(folderSource({ path }), {
      fit: (survey) => {
        seen.push(survey);
        return { picture: { height: 6, width: 6, channels: 3 }, steps };
      },
      onProgress: ({ what, done, total }) => done === total && seen.push(`${what} ${total}`),
    });
    expect(seen).toEqual([
      'looking 7',
      { count: 6, classCount: 3, medianShortSide: 7, channels: 3 },
      'packing 7',
    ]);
    expect(task).toMatchObject({ steps, picture: { height: 6, width: 6, channels: 3 } });
    const stopped = loadSource(folderSource({ path }), { signal: AbortSignal.abort(new Error('stopped')) });
    await expect(stopped).rejects.toThrow('stopped');
  });

  it('field 1, 2: is the same data wherever it lies and whatever files are called, and another with one other byte or class', async () => {
    const path = folder(await three());
    const { sha256 } = (await load(path)).task.data;
    renameSync(join(path, 'cat', '1.png'), join(path, 'cat', '0.png'));
    renameSync(path, `${path} moved`);
    expect((await load(`${path} moved`)).task.data.sha256).toBe(sha256);
    renameSync(join(`${path} moved`, 'dog'), join(`${path} moved`, 'wolf'));
    expect((await load(`${path} moved`)).task.data.sha256).not.toBe(sha256);
    renameSync(join(`${path} moved`, 'wolf'), join(`${path} moved`, 'dog'));
    writeFileSync(join(`${path} moved`, 'dog', 'a.png'), await png(41));
    expect((await load(`${path} moved`)).task.data.sha256).not.toBe(sha256);
  });

  it('tells of each picture which file it is, in any part of it', async () => {
    const { train, validation, test } = await load(folder(await three()));
    const all = ([train, validation, test] as PictureSource[]).flatMap((part) =>
      Array.from({ length: part.length }, (_, i) => ({ ...part.origin!(i), label: part.labels[i] })),
    );
    expect(all.sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, label }) => [path, label])).toEqual([
      ['Owl/deep/er/a.png', 0],
      ['cat/1.png', 1],
      ['cat/10.png', 1],
      ['cat/2.png', 1],
      ['dog/a.png', 2],
    ]);
    const sha256 = createHash('sha256')
      .update(await png(10))
      .digest('hex');
    expect(all[1]).toEqual({ path: 'cat/1.png', sha256, width: 9, height: 7, label: 1 });
  });
});

/** The header of a PNG of 65,535 x 65,535 pixels, which holds none of them. */
function hugePng(): Uint8Array {
  return new Uint8Array(
    Buffer.from('89504e470d0a1a0a0000000d494844520000ffff0000ffff08000000009a1c0b1f0000000049444154', 'hex'),
  );
}
