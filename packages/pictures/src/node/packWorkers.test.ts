import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadSource, type Step } from '@residual/data';
import { build } from 'esbuild';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { plainJpegs } from '../../test/jpegs.js';
import { folders, png } from '../../test/pictureFiles.js';
import { centerCrop, resizeShortSide } from '../crop.js';
import { color, grey } from '../steps.js';
import { folderSource } from './folder.js';
import { PackWorkers } from './packWorkers.js';

const folder = folders();
const COUNT = 140;
let program: URL;
let photos: string;

beforeAll(async () => {
  const outfile = join(folder({}), 'packWorker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'packWorker.ts')],
    ...{ outfile, bundle: true, format: 'esm', platform: 'node', conditions: ['@residual/source'] },
  });
  program = pathToFileURL(outfile);
  const picture = sharp(Buffer.from(plainJpegs[0]![1]));
  const profile = await picture.clone().withIccProfile('p3').jpeg().toBuffer();
  const broken = Buffer.from(profile.subarray(0, profile.length / 2));
  const others: Record<string, Uint8Array> = {
    'a/broken.jpg': broken,
    'a/empty.jpg': new Uint8Array(0),
    'a/not.jpg': await png(3),
    'b/profile.jpg': profile,
    'b/progressive.jpg': await picture.clone().jpeg({ progressive: true }).toBuffer(),
    'b/small.jpg': await picture.clone().resize(5, 4).jpeg().toBuffer(),
    'b/turned.jpg': await picture.clone().withExif({ IFD0: {} }).keepExif().jpeg().toBuffer(),
    'b/on its side.jpg': await sharp(await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer())
      .keepExif()
      .jpeg()
      .toBuffer(),
  };
  const plain = Array.from({ length: COUNT }, (_, i) => {
    const [name, bytes] = plainJpegs[i % plainJpegs.length]!;
    return [`${i % 2 ? 'a' : 'b'}/${i} ${name}`, bytes];
  });
  photos = folder({ ...Object.fromEntries(plain), ...others });
  const outside = join(dirname(photos), 'outside.jpg');
  writeFileSync(outside, plainJpegs[1]![1]);
  symlinkSync(outside, join(photos, 'a/leaves.jpg'));
  symlinkSync(join(photos, 'b/small.jpg'), join(photos, 'a/stays.jpg'));
});

/** How many pictures they made. */
let made = 0;
let stopped = 0;
function withThreads(of: URL): void {
  const { of: original } = PackWorkers;
  const { make, stop } = PackWorkers.prototype;
  vi.spyOn(PackWorkers, 'of').mockImplementation((count, limits) =>
    original.call(PackWorkers, count, limits, of),
  );
  vi.spyOn(PackWorkers.prototype, 'make').mockImplementation(async function (this: PackWorkers, path) {
    const one = await make.call(this, path);
    if (one !== undefined) made++;
    return one;
  });
  vi.spyOn(PackWorkers.prototype, 'stop').mockImplementation(async function (this: PackWorkers) {
    stopped++;
    return stop.call(this);
  });
}
afterEach(() => {
  vi.restoreAllMocks();
  made = 0;
  stopped = 0;
});

const rgb = [color(), resizeShortSide({ size: 16 }), centerCrop({ height: 16, width: 16 })];

/** The bytes of the pack of the photographs, and all that was told meanwhile. */
async function pack(steps: readonly Step[] = rgb, signal?: AbortSignal) {
  const path = join(folder({}), 'photos.pack');
  const told: unknown[] = [];
  const channels = steps[0]!.name === 'grey' ? 1 : 3;
  const { report, task } = await loadSource(folderSource({ path: photos, maxBytes: 100_000 }), {
    pack: path,
    fit: (survey) => {
      told.push(survey);
      return { picture: { height: 16, width: 16, channels }, steps };
    },
    onProgress: ({ what, done, total }) => done === total && told.push([what, total]),
    onRemark: (sentence) => told.push(sentence),
    ...(signal && { signal }),
  });
  return { bytes: readFileSync(path), told, report, task };
}

describe('threads that make pictures to be packed', () => {
  it.each<[string, readonly Step[]]>([
    ['colour', rgb],
    ['grey, as large as it is', [grey(), centerCrop({ height: 16, width: 16 })]],
  ])('pack the same bytes in the same order, in %s', async (_, steps) => {
    const without = await pack(steps);
    expect(made).toBe(0);
    withThreads(program);
    const threaded = await pack(steps);
    expect(made).toBeGreaterThanOrEqual(COUNT + 2); // and those that say which side is up
    expect(stopped).toBe(1);
    expect(threaded.bytes.equals(without.bytes)).toBe(true);
    expect(threaded.told).toEqual(without.told);
    expect(threaded.report).toEqual(without.report);
    expect(threaded.report?.passedOver.map(({ file }) => file)).toEqual([
      'a/leaves.jpg',
      'a/broken.jpg',
      'a/empty.jpg',
    ]);
    expect(threaded.task).toEqual(without.task);
  });

  it('leave steps that need alpha, or are the user’s own, to this one', async () => {
    withThreads(program);
    await pack(rgb.slice(1));
    expect(made).toBe(0);
  });

  it('that can’t begin change nothing', async () => {
    const without = await pack();
    const broken = join(folder({ 'broken.mjs': 'throw new Error("no memory");' }), 'broken.mjs');
    withThreads(pathToFileURL(broken));
    const { bytes } = await pack();
    expect([made, stopped]).toEqual([0, 1]);
    expect(bytes.equals(without.bytes)).toBe(true);
  });

  it('stop when they are told to, and leave nothing behind', async () => {
    withThreads(program);
    const controller = new AbortController();
    const path = join(folder({}), 'photos.pack');
    const loading = loadSource(folderSource({ path: photos }), {
      pack: path,
      fit: () => ({ picture: { height: 16, width: 16, channels: 3 }, steps: rgb }),
      onProgress: ({ what, done }) => what === 'packing' && done === 20 && controller.abort(),
      signal: controller.signal,
    });
    await expect(loading).rejects.toThrow(controller.signal.reason);
    expect(stopped).toBe(1);
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});
