import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type LoadedData, loadSource, type PictureSource, readSource, type Step } from '@residual/data';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeZip } from '../../../data/test/makeZip.js';
import { folders, png } from '../../test/pictureFiles.js';
import { centerCrop, resizeShortSide } from '../crop.js';
import { preparation, preparePicture } from '../prepare.js';
import { color, fitSubject, grey, lightOnDark, stretch } from '../steps.js';
import { csvSource } from './csv.js';
import { decodePicture } from './decode.js';
import { folderSource } from './folder.js';
import { zipSource } from './zip.js';

/** What the system answers from now on, in place of writing or opening; undefined: it does as it is told. */
let failure: { call: 'open' | 'write'; code: string; after: number } | undefined;

vi.mock('node:fs/promises', async (original) => {
  const real: typeof import('node:fs/promises') = await original();
  const step = (call: 'open' | 'write') => {
    if (failure?.call !== call || failure.after-- > 0) return;
    const { code } = failure;
    throw Object.assign(new Error(`${code}: no`), { code, syscall: call });
  };
  const open: typeof real.open = async (path, flags, mode) => {
    if (flags !== 'wx') return real.open(path, flags, mode);
    step('open');
    const file = await real.open(path, flags, mode);
    const write = file.write.bind(file) as (bytes: Uint8Array) => Promise<{ bytesWritten: number }>;
    return Object.assign(file, {
      async write(bytes: Uint8Array) {
        step('write');
        return write(bytes);
      },
    });
  };
  return { ...real, open };
});
afterEach(() => {
  failure = undefined;
});

const folder = folders();
const steps = [color(), resizeShortSide({ size: 6 }), centerCrop({ height: 6, width: 6 })];
const fit = (rows: readonly Step[] = steps, size = 6, channels: 1 | 3 = 3) => ({
  picture: { height: size, width: size, channels },
  steps: rows,
});

/** Loads a folder, and tells what was said, how many pictures were looked at, and where the pack is. */
async function load(path: string, more: { pack?: string; rows?: Step[]; signal?: AbortSignal } = {}) {
  const said: string[] = [];
  const passes = new Set<string>();
  const pack = more.pack ?? `${path}.pack`;
  const data = await loadSource(folderSource({ path }), {
    pack,
    signal: more.signal,
    fit: () => fit(more.rows),
    onRemark: (sentence) => said.push(sentence),
    onProgress: ({ what }) => passes.add(what),
  });
  return { data, said, passes: [...passes], pack };
}

async function bytesOf({ train, test, task }: LoadedData): Promise<Uint8Array[]> {
  const { height, width, channels } = task.picture;
  const options = { picture: [height, width, channels] as const, prepare: preparation(task) };
  return [
    (await readSource(train as PictureSource, options)).images,
    (await readSource(test as PictureSource, options)).images,
  ];
}

async function noise(seed: number, width: number, height: number, channels: 3 | 4 = 3) {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * channels }, () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state >> 16;
  });
  return sharp(data, { raw: { width, height, channels } });
}

const files = async () => ({
  'train/cat/1.png': await png(1, { width: 20 }),
  'train/cat/2.png': await png(2, { height: 30 }),
  'train/cat/bad.png': 'bad',
  'train/dog/1.png': await png(3),
  'test/dog/1.png': await png(4),
});

describe('the pack', () => {
  it('gives the bits that the files give, for every kind of file and all steps', async () => {
    const kinds: Record<string, Uint8Array> = {
      'a/1.png': await (await noise(1, 50, 37, 4)).png().toBuffer(),
      'a/2.jpg': await (await noise(2, 37, 50)).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
      'a/3.webp': await (await noise(3, 31, 33)).webp().toBuffer(),
      'a/4.gif': await (await noise(4, 40, 12)).gif().toBuffer(),
      'b/5.avif': await (await noise(5, 64, 48)).avif().toBuffer(),
      'b/6.png': await (await noise(6, 9, 40)).png({ palette: true }).toBuffer(),
      'b/7.png': await (await noise(7, 5, 4)).png().toBuffer(),
      'b/8.jpg': await (await noise(8, 90, 60)).toColourspace('b-w').jpeg().toBuffer(),
    };
    kinds['b/9.png'] = kinds['b/7.png']!;
    const path = folder(kinds);
    const zip = `${path}.zip`;
    writeFileSync(
      zip,
      makeZip(Object.entries(kinds).map(([name, data]) => ({ name, data: Buffer.from(data) }))),
    );
    const csv = join(path, 'labels.csv');
    writeFileSync(
      csv,
      Object.keys(kinds)
        .map((name) => `${name},${name[0]},train`)
        .join('\n'),
    );
    const crop = (size: number) => centerCrop({ height: size, width: size });
    const all: [Step[], 1 | 3][] = [
      [[color({ background: 255 }), stretch({ height: 16, width: 16 })], 3],
      [[color(), resizeShortSide({ size: 18, interpolation: 'bicubic' }), crop(16)], 3],
      [[resizeShortSide({ size: 18 }), grey({ background: 'contrast' }), crop(16)], 1],
      [[color(), crop(16)], 3],
      [[grey(), lightOnDark(), fitSubject({ height: 16, width: 16 })], 1],
    ];
    for (const [rows, channels] of all) {
      const task = fit(rows, 16, channels);
      for (const row of [folderSource({ path }), zipSource({ path: zip }), csvSource({ path: csv })]) {
        const loaded = [];
        for (let time = 0; time < 2; time++) {
          const { train } = await loadSource(row, { fit: () => task });
          loaded.push(train as PictureSource);
        }
        for (const source of loaded) {
          const { images, length } = await readSource(source, {
            picture: [16, 16, channels],
            prepare: preparation(task),
          });
          for (let i = 0; i < length; i++) {
            const original = await decodePicture(kinds[source.origin!(i).path]!);
            const expected = preparePicture(original, task);
            expect(images.subarray(i * expected.length, (i + 1) * expected.length)).toEqual(expected);
          }
        }
      }
    }
  });

  it('is there the next time, with all that was found: nothing is decoded again', async () => {
    const path = folder(await files());
    const first = await load(path);
    expect([first.said, first.passes]).toEqual([[], ['looking', 'packing']]);
    const again = await load(path);
    expect([again.said, again.passes]).toEqual([[], []]);
    expect(again.data.task).toEqual(first.data.task);
    expect(again.data.report).toEqual(first.data.report);
    expect(again.data.report?.passedOver).toEqual([
      { file: 'train/cat/bad.png', reason: expect.stringContaining('begins with') },
    ]);
    expect(await bytesOf(again.data)).toEqual(await bytesOf(first.data));
    const origins = ({ train }: LoadedData) => [0, 1, 2].map((i) => (train as PictureSource).origin!(i));
    expect(origins(again.data)).toEqual(origins(first.data));
    expect(origins(again.data)[0]).toMatchObject({ path: 'train/cat/1.png', width: 20, height: 7 });
  });

  it('is made anew for other steps, and is the same file for the same pictures', async () => {
    const path = folder(await files());
    const { pack } = await load(path);
    const bytes = readFileSync(pack);
    const other = await load(path, { rows: [color(), stretch({ height: 6, width: 6 })] });
    expect(other.passes).toEqual(['packing']); // what the headers say is known
    expect(readFileSync(pack).equals(bytes)).toBe(false);
    await load(path);
    expect(readFileSync(pack).equals(bytes)).toBe(true);
  });

  it('129 a folder that has changed: only what is new or changed is decoded, and that is said', async () => {
    const path = folder(await files());
    await load(path);
    writeFileSync(join(path, 'train/cat/3.png'), await png(30));
    writeFileSync(join(path, 'train/cat/1.png'), await png(31));
    rmSync(join(path, 'train/cat/2.png'));
    const changed = await load(path);
    expect(changed.said).toEqual([
      expect.stringContaining('has changed since it was packed (2 files new or changed, 2 gone or replaced)'),
    ]);
    const fresh = await load(path, { pack: `${path}.fresh.pack` });
    expect(readFileSync(changed.pack).equals(readFileSync(fresh.pack))).toBe(true);
    expect(await bytesOf(changed.data)).toEqual(await bytesOf(fresh.data));
  });

  it('130 a flipped bit in a picture: it is taken from its file again, put right, and said', async () => {
    const path = folder(await files());
    const { data, pack } = await load(path);
    const right = await bytesOf(data);
    const bytes = readFileSync(pack);
    const flipped = Buffer.from(bytes);
    flipped[20]! ^= 4;
    writeFileSync(pack, flipped);
    const again = await load(path);
    expect(again.said).toEqual([]);
    expect(await bytesOf(again.data)).toEqual(right);
    expect(again.said).toEqual([
      `${pack} is damaged: test/dog/1.png was taken from its own file again, and put right in the pack.`,
    ]);
    expect(readFileSync(pack).equals(bytes)).toBe(true);
    writeFileSync(pack, flipped);
    writeFileSync(join(path, 'test/dog/1.png'), await png(99)); // while it is in use
    await expect(bytesOf(again.data)).rejects.toThrow(
      expect.objectContaining({ code: 'MISMATCH', where: expect.stringContaining('test/dog/1.png') }),
    );
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['131 a flipped bit in its index', (bytes) => flip(bytes, bytes.length - 100), /index is damaged/],
    ['132 one that is cut off', (bytes) => bytes.subarray(0, bytes.length - 9), /cut off or damaged/],
    ['133 an older version', (bytes) => flip(bytes, 8), /version 0/],
    ['133 a newer version', (bytes) => flip(bytes, 9), /version 257/],
  ])('%s: packed anew, and said in one sentence', async (_, change, reason) => {
    const path = folder(await files());
    const { data, pack } = await load(path);
    const bytes = readFileSync(pack);
    writeFileSync(pack, change(Buffer.from(bytes)));
    const again = await load(path);
    expect(again.said).toEqual([expect.stringMatching(reason)]);
    expect(again.said[0]).toMatch(/packed anew\.$/);
    expect(readFileSync(pack).equals(bytes)).toBe(true);
    expect(await bytesOf(again.data)).toEqual(await bytesOf(data));
  });

  it('134 two at once: each goes on with whole pictures, and one pack is left', async () => {
    const path = folder(await files());
    const loaded = await Promise.all([load(path), load(path), load(path)]);
    const [first, ...others] = await Promise.all(loaded.map(({ data }) => bytesOf(data)));
    for (const other of others) expect(other).toEqual(first);
    expect(loaded.flatMap(({ said }) => said)).toEqual([]);
    expect(besides(path)).toEqual(['photos', 'photos.pack']);
    expect((await load(path)).passes).toEqual([]);
  });

  it('135 stopped while it packs: nothing is left, and an older pack stays', async () => {
    const path = folder(await files());
    const stop = new AbortController();
    const packing = loadSource(folderSource({ path }), {
      pack: `${path}.pack`,
      signal: stop.signal,
      onProgress: ({ what, done }) => what === 'packing' && done === 2 && stop.abort(new Error('Ctrl-C')),
    });
    await expect(packing).rejects.toThrow('Ctrl-C');
    expect(besides(path)).toEqual(['photos']);
    await load(path);
    writeFileSync(join(path, 'train/cat/3.png'), await png(30));
    await expect(load(path, { signal: AbortSignal.abort(new Error('Ctrl-C')) })).rejects.toThrow('Ctrl-C');
    expect(besides(path)).toEqual(['photos', 'photos.pack']);
  });

  it.each<[string, typeof failure, RegExp]>([
    ['136 a full disk', { call: 'write', code: 'ENOSPC', after: 0 }, /the disk is full/],
    [
      '137 a folder without permission',
      { call: 'open', code: 'EACCES', after: 0 },
      /no permission to write it/,
    ],
    ['137 a read-only disk', { call: 'open', code: 'EROFS', after: 0 }, /the disk is read-only/],
  ])('%s: said, pictures are read from their files, and nothing is left', async (_, given, reason) => {
    const path = folder(await files());
    const right = await bytesOf((await load(path, { pack: `${path}.right.pack` })).data);
    rmSync(`${path}.right.pack`);
    failure = given && { ...given };
    const { data, said } = await load(path);
    expect(said).toEqual([expect.stringMatching(reason)]);
    expect(said[0]).toContain('decoded anew in each epoch');
    failure = undefined;
    expect(besides(path)).toEqual(['photos']);
    expect(await bytesOf(data)).toEqual(right);
    const [kept] = await (data.train as PictureSource).read(Uint32Array.of(1));
    expect([kept!.height, kept!.width]).toEqual([20, 6]); // as they would be kept
    rmSync(join(path, 'train'), { recursive: true });
    await expect(bytesOf(data)).rejects.toThrow(/expected a file that can be read, received no such file/);
  });

  it('137 a folder that can not be made: the same', async () => {
    const path = folder({ ...(await files()) });
    writeFileSync(`${path}.file`, 'mine');
    const { data, said } = await load(path, { pack: `${path}.file/my.pack` });
    expect(said).toEqual([expect.stringContaining(`can't be kept in ${path}.file/my.pack`)]);
    await bytesOf(data);
  });

  it('138 a file of another kind where the pack should be: refused, and left alone', async () => {
    const path = folder(await files());
    writeFileSync(`${path}.pack`, 'my notes');
    await expect(load(path)).rejects.toThrow(
      expect.objectContaining({ code: 'ARGUMENT', where: `${path}.pack`, received: 'another kind of file' }),
    );
    expect(readFileSync(`${path}.pack`, 'utf8')).toBe('my notes');
  });

  it("lies in the user's cache unless a file is named, one for each way to keep pictures", async () => {
    const path = folder(await files());
    const cache = folder({});
    vi.stubEnv('XDG_CACHE_HOME', cache); // other files' tests pack at the same time
    const onRemark = (sentence: string) => expect.fail(sentence);
    for (const rows of [steps, [color(), stretch({ height: 6, width: 6 })], steps]) {
      await loadSource(folderSource({ path }), { fit: () => fit(rows), onRemark });
    }
    vi.unstubAllEnvs();
    const kept = readdirSync(join(cache, 'residual', 'packs'));
    expect(kept.filter((name) => name.endsWith('.pack'))).toHaveLength(2);
  });

  it('takes a file that became readable, or was put back with its old time', async () => {
    const path = folder(await files());
    await load(path);
    const { atime, mtime } = statSync(join(path, 'train/cat/1.png'));
    writeFileSync(join(path, 'train/cat/1.png'), await png(77, { width: 20 }));
    (await import('node:fs')).utimesSync(join(path, 'train/cat/1.png'), atime, mtime);
    expect((await load(path)).said).toEqual([expect.stringContaining('1 files new or changed')]);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}

function besides(path: string): string[] {
  mkdirSync(dirname(path), { recursive: true });
  return readdirSync(dirname(path)).sort();
}
