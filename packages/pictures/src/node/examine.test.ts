import { join } from 'node:path';
import { loadSource, pictureDataset, taskOf } from '@residual/data';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { folders, png } from '../../test/pictureFiles.js';
import { centerCrop, resizeShortSide } from '../crop.js';
import { color } from '../steps.js';
import type { ExaminedPicture } from './examination.js';
import { examine } from './examine.js';
import { folderSource } from './folder.js';

const folder = folders();
const sample = join(import.meta.dirname, '..', '..', '..', '..', 'tooling', 'emoji', 'sample');
const paths = (groups: readonly (readonly ExaminedPicture[])[]) =>
  groups.map((group) => group.map(({ path }) => path));

/** A picture that is its own: noise of blocks, which JPEG keeps. */
async function scene(seed: number, { width = 64, height = 48 } = {}): Promise<Sharp> {
  const blocks = Buffer.from(
    Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * i * (seed + 3) * 37 + seed * 91) % 256),
  );
  const raw = { width: 8, height: 6, channels: 3 } as const;
  const large = await sharp(blocks, { raw }).resize(width, height, { fit: 'fill' }).png().toBuffer();
  return sharp(large);
}

const scenePng = async (seed: number, size = {}) =>
  new Uint8Array(await (await scene(seed, size)).png().toBuffer());

describe('examine', () => {
  it('tells classes, parts, sizes and what is passed over', async () => {
    const path = folder({
      'train/cat/1.png': await scenePng(1),
      'train/cat/2.png': await scenePng(2, { width: 100, height: 200 }),
      'train/cat/3.png': await scenePng(3),
      'train/dog/1.png': await scenePng(4, { width: 300, height: 128 }),
      'test/cat/1.png': await scenePng(5),
      'train/dog/notes.txt': 'no picture',
    });
    const progress: unknown[] = [];
    const found = await examine(await loadSource(folderSource({ path, height: 128 })), {
      onProgress: (done) => progress.push(done),
    });
    expect(found).toEqual({
      name: 'photos',
      parts: { train: 4, test: 1 },
      classes: [
        { name: 'cat', parts: { train: 3, test: 1 } },
        { name: 'dog', parts: { train: 1, test: 0 } },
      ],
      ratio: 3,
      untrained: [],
      width: { min: 64, median: 64, max: 300 },
      height: { min: 48, median: 48, max: 200 },
      shortSide: { min: 48, median: 48, max: 128 },
      sees: { height: 128, width: 128, channels: 3 },
      smaller: 4,
      grey: 0,
      duplicates: [],
      nearDuplicates: [],
      inTwoClasses: [],
      inTwoParts: [],
      blank: [],
      tiny: [],
      passedOver: [{ file: 'train/dog/notes.txt', reason: expect.stringContaining('expected a PNG') }],
      noted: [],
    });
    expect(progress).toEqual([
      { done: 4, total: 5 },
      { done: 5, total: 5 },
    ]);
  });

  it('finds the same picture in other files, classes and parts, and pictures saved again', async () => {
    const again = await (await scene(1)).jpeg({ quality: 80 }).toBuffer();
    const smaller = await (await scene(1)).resize(32).png().toBuffer();
    const path = folder({
      'train/cat/1.png': await scenePng(1),
      'train/cat/copy.png': await scenePng(1),
      'train/cat/again.jpg': new Uint8Array(again),
      'train/dog/same.png': await scenePng(1),
      'train/dog/2.png': await scenePng(2),
      'train/dog/3.png': await scenePng(3),
      'test/dog/3 too.png': await scenePng(3),
      'test/cat/small.png': new Uint8Array(smaller),
      'test/cat/4.png': await scenePng(4),
    });
    const found = await examine(await loadSource(folderSource({ path })));
    const ofOne = [
      'test/cat/small.png',
      'train/cat/1.png',
      'train/cat/again.jpg',
      'train/cat/copy.png',
      'train/dog/same.png',
    ];
    expect(paths(found.duplicates)).toEqual([
      ['test/dog/3 too.png', 'train/dog/3.png'],
      ['train/cat/1.png', 'train/cat/copy.png', 'train/dog/same.png'],
    ]);
    expect(paths(found.nearDuplicates)).toEqual([ofOne]);
    expect(paths(found.inTwoClasses)).toEqual([ofOne]);
    expect(paths(found.inTwoParts)).toEqual([ofOne, ['test/dog/3 too.png', 'train/dog/3.png']]);
    expect(found.duplicates[0]![0]).toEqual({
      part: 'test',
      index: 2,
      path: 'test/dog/3 too.png',
      className: 'dog',
      width: 64,
      height: 48,
    });
  });

  it('finds blank pictures, as the network gets them, and tiny ones; blank ones are no copies of one another', async () => {
    // Light ink on nothing, which the step color lays on black.
    const ink = Buffer.from(
      Array.from({ length: 64 * 48 * 4 }, (_, i) => (i % 4 < 3 ? 255 : i % 64 < 9 ? 255 : 0)),
    );
    const raw = { width: 64, height: 48, channels: 4 } as const;
    const framed = new Uint8Array(
      await sharp(await png(90, { width: 60, height: 60 }))
        .extend({ left: 80, right: 80, background: 'black' })
        .png()
        .toBuffer(),
    );
    const path = folder({
      'cat/1.png': await scenePng(1),
      'cat/blank.png': await png(200),
      'cat/ink.png': new Uint8Array(await sharp(ink, { raw }).png().toBuffer()),
      'dog/2.png': await scenePng(2),
      'dog/3.png': await scenePng(3),
      'dog/blank.png': await png(60, { width: 100, height: 100 }),
      // Something to see at the edges only, of which a crop leaves nothing.
      'dog/framed.png': framed,
      'dog/tiny.png': await scenePng(4, { width: 40, height: 10 }),
    });
    const size = { height: 32, width: 32 };
    const steps = [color(), resizeShortSide({ size: 34 }), centerCrop(size)];
    const fit = () => ({ picture: { ...size, channels: 3 as const }, steps });
    const found = await examine(await loadSource(folderSource({ path }), { fit }));
    expect(found.blank.map((picture) => picture.path)).toEqual([
      'cat/blank.png',
      'dog/blank.png',
      'dog/framed.png',
    ]);
    expect(found.tiny.map((picture) => picture.path)).toEqual(['cat/blank.png', 'dog/tiny.png']);
    expect([found.duplicates, found.nearDuplicates, found.inTwoClasses]).toEqual([[], [], []]);
  });

  it('looks at pictures in memory too', async () => {
    const images = Uint8Array.from({ length: 6 * 64 }, (_, i) => (i * i * (7 + (i >> 6))) % 251);
    images.copyWithin(64, 0, 64);
    const train = pictureDataset({
      name: 'mine/train',
      images,
      labels: [0, 1, 0, 0, 0, 1],
      shape: [8, 8, 1],
      classNames: ['no', 'yes', 'never'],
    });
    const found = await examine({
      train,
      test: train,
      task: taskOf({ train, test: train }, { name: 'mine' }),
    });
    expect(found).toMatchObject({
      parts: { train: 6 }, // once
      ratio: 2,
      untrained: ['never'],
      grey: 6,
      smaller: 0,
      tiny: [], // as all are
      shortSide: { min: 8, median: 8, max: 8 },
      duplicates: [
        [
          { part: 'train', index: 0, className: 'no', width: 8, height: 8 },
          { part: 'train', index: 1, className: 'yes', width: 8, height: 8 },
        ],
      ],
    });
    expect(found.inTwoClasses).toEqual(found.duplicates);
  });

  it('knows the sample of emoji: eleven to one, skin tones alike', async () => {
    const found = await examine(await loadSource(folderSource({ path: sample })));
    expect(
      found.classes.map(({ parts: { train, validation, test } }) => train! + validation! + test!),
    ).toEqual([6, 12, 28, 10, 24, 66, 16, 20, 18]);
    expect(paths(found.duplicates)).toEqual([
      ['People & Body/1f468-200d-1f466.png', 'People & Body/1f468-200d-1f467.png'],
    ]);
    expect(paths(found.nearDuplicates)).toContainEqual([
      'People & Body/1f44e.png',
      'People & Body/1f44e_1f3fb.png',
      'People & Body/1f44e_1f3fc.png',
    ]);
    expect(found).toMatchObject({ blank: [], tiny: [], smaller: 0, grey: 0 });
    expect(await examine(await loadSource(folderSource({ path: sample })))).toEqual(found);
  });

  it('stops when it is told to, also among pictures in memory', async () => {
    const train = pictureDataset({
      name: 'many',
      images: new Uint8Array(100_000),
      labels: new Uint8Array(100_000),
      shape: [1, 1, 1],
      classNames: ['one'],
    });
    const data = { train, test: train, task: taskOf({ train, test: train }, { name: 'many' }) };
    await expect(examine(data, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
    const controller = new AbortController();
    let seen = 0;
    const onProgress = ({ done }: { done: number }) => {
      seen = done;
    };
    setTimeout(() => controller.abort(new Error('stopped')), 0); // as a signal of the system comes
    await expect(examine(data, { signal: controller.signal, onProgress })).rejects.toThrow('stopped');
    expect(seen).toBeLessThan(100_000);
  });
});
