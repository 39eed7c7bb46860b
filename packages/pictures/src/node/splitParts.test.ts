import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  joined,
  type LoadedData,
  type LoadOptions,
  loadSource,
  type PictureSource,
  parseSplit,
  type Split,
} from '@residual/data';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { folders, png } from '../../test/pictureFiles.js';
import { csvSource } from './csv.js';
import { folderSource } from './folder.js';

const folder = folders();
type Fields = Omit<Parameters<typeof folderSource>[0], 'path'>;

/** The part of each file, by its path. */
async function partsOf(
  path: string,
  fields: Fields = {},
  options: LoadOptions = {},
): Promise<{ parts: Record<string, string>; data: LoadedData; said: string[] }> {
  const said: string[] = [];
  const row = folderSource({ path, ...fields });
  const data = await loadSource(row, { onRemark: (sentence) => said.push(sentence), ...options });
  const parts: Record<string, string> = {};
  for (const part of ['train', 'validation', 'test'] as const) {
    const pictures = data[part] as PictureSource | undefined;
    for (let i = 0; i < (pictures?.length ?? 0); i++) parts[pictures!.origin!(i).path] = part;
  }
  return { parts, data, said };
}

/** Pictures of one colour each, for a class of each name. */
async function plain(counts: Record<string, number>, first = 0): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  let level = first;
  for (const [name, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) files[`${name}/${level}.png`] = await png(level++);
  }
  return files;
}

function add(path: string, files: Record<string, Uint8Array | string>): void {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
}

const splitFile = (pack: string) =>
  join(dirname(pack), readdirSync(dirname(pack)).find((name) => name.endsWith('.split.json'))!);

describe('the parts of pictures that come in none', () => {
  it('stay when pictures are added, renamed and moved, and copies go where the first is', async () => {
    const path = folder(await plain({ cat: 30, dog: 30 }));
    const pack = join(dirname(path), 'a.pack');
    const before = await partsOf(path, {}, { pack });
    expect(new Set(Object.values(before.parts))).toEqual(new Set(['train', 'validation', 'test']));
    const more = await plain({ cat: 25, dog: 25 }, 100);
    const copies = Object.keys(before.parts).map((name) => {
      const [className] = name.split('/');
      return [`${className}/copy of ${name.replace('/', ' ')}`, readFileSync(join(path, name))] as const;
    });
    add(path, { ...more, ...Object.fromEntries(copies) });
    renameSync(join(path, 'cat', '3.png'), join(path, 'cat', 'renamed.png'));
    const { parts, data } = await partsOf(path, {}, { pack });
    expect(joined(data).length).toBe(60 + 50 + 60);
    for (const [name, part] of Object.entries(before.parts)) {
      expect(parts[name === 'cat/3.png' ? 'cat/renamed.png' : name]).toBe(part);
      const [className] = name.split('/');
      expect(parts[`${className}/copy of ${name.replace('/', ' ')}`]).toBe(part);
    }
    renameSync(path, `${path} moved`);
    expect((await partsOf(`${path} moved`)).parts).toEqual(parts); // in another pack, without the file
  });

  it('keep a picture that was saved again as JPEG, in another size, in the part of the first', async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 24; i++) {
      const raw = Uint8Array.from({ length: 64 * 48 * 3 }, (_, at) => {
        const [x, y] = [Math.floor(at / 3) % 64, Math.floor(at / 192)];
        return 128 + 70 * Math.sin(x / (8 + (i % 5)) + i) + 50 * Math.cos(y / (6 + (i % 7)) + 3 * i);
      });
      const picture = sharp(raw, { raw: { width: 64, height: 48, channels: 3 } });
      files[`a${i % 2}/${i}.png`] = new Uint8Array(await picture.clone().png().toBuffer());
      const again = await picture.clone().resize(100, 75).jpeg({ quality: 70 }).toBuffer();
      files[`a${i % 2}/x${(i * 7) % 24}-${i}.jpg`] = new Uint8Array(again);
    }
    for (let splitSeed = 0; splitSeed < 4; splitSeed++) {
      const { parts } = await partsOf(folder(files), { splitSeed });
      const pairs = Object.keys(parts).filter((name) => name.endsWith('.png'));
      for (const name of pairs) {
        const i = Number(/(\d+)\.png/.exec(name)![1]);
        expect(parts[`a${i % 2}/x${(i * 7) % 24}-${i}.jpg`]).toBe(parts[name]);
      }
      expect(new Set(Object.values(parts)).size).toBe(3);
    }
  });

  it('keep a patient together, in classes and folders of any kind, and one who is added to', async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 60; i++) files[`${i % 2 ? 'ill' : 'well'}/p${i % 7}_${i}.png`] = await png(i);
    const path = folder(files);
    const pack = join(dirname(path), 'a.pack');
    const group = '(p\\d+)_';
    const { parts, data } = await partsOf(path, { group }, { pack });
    add(path, { 'ill/p3_new.png': await png(200), 'ill/p9_new.png': await png(201) });
    const after = await partsOf(path, { group }, { pack });
    expect(after.parts).toMatchObject(parts);
    const byPatient = Object.groupBy(Object.keys(after.parts), (name) => /p\d+/.exec(name)![0]);
    for (const names of Object.values(byPatient)) {
      expect(new Set(names!.map((name) => after.parts[name])).size).toBe(1);
    }
    expect(data.split).toMatchObject({ group, seed: 0, shares: [80, 10, 10] });
    await expect(partsOf(path, { group: 'patient-*' })).rejects.toThrow(
      /group patient-\*: expected a pattern that/,
    );
  });

  it('hold the shares that are asked for, each way with a memory of its own', async () => {
    const path = folder(await plain({ cat: 40, dog: 40 }));
    const pack = join(dirname(path), 'a.pack');
    const half = await partsOf(path, { shares: [50, 50, 0] }, { pack });
    expect(half.data).not.toHaveProperty('test');
    expect(half.data.validation!.length).toBeGreaterThan(20);
    expect((await partsOf(path, {}, { pack })).data.test!.length).toBeGreaterThan(1);
    expect((await partsOf(path, { splitSeed: 1 }, { pack })).parts).not.toEqual((await partsOf(path)).parts);
    expect((await partsOf(path, { shares: [50, 50, 0] }, { pack })).parts).toEqual(half.parts);
    await expect(partsOf(path, { shares: [50, 50, 50] })).rejects.toThrow(/shares: expected three numbers/);
  });

  it('are those of the run that goes on: other pictures are left out and named', async () => {
    const path = folder(await plain({ cat: 12, dog: 12 }));
    const before = await partsOf(path);
    const split = parseSplit(JSON.stringify(before.data.split), 'split.json');
    add(path, await plain({ cat: 2 }, 90));
    const { parts, data } = await partsOf(path, {}, { split });
    expect(parts).toEqual(before.parts);
    expect(data.task).toEqual(before.data.task);
    expect(data.report!.noted).toEqual([
      { note: 'new since the run began, which does without them', files: ['cat/90.png', 'cat/91.png'] },
    ]);
    const other = await partsOf(folder(await plain({ cat: 6, dog: 6 }, 150)), {}, { split });
    expect(joined(other.data).length).toBe(12); // none of them was in the run: they are other pictures
    expect(other.data.split).not.toEqual(split);
  });

  it.each<[string, (split: Split) => string, string, RegExp]>([
    [
      'damaged',
      (split) => JSON.stringify(split).slice(5),
      'FORMAT',
      /\.split\.json: .* Put the file back as it was, or delete it/,
    ],
    [
      'of another version',
      (split) => JSON.stringify({ ...split, version: 9 }),
      'VERSION',
      /received 9\. A newer Residual wrote it/,
    ],
    [
      'of other shares',
      (split) => JSON.stringify({ ...split, shares: [70, 20, 10] }),
      'MISMATCH',
      /received shares 70\/20\/10/,
    ],
  ])('are refused where their file is %s, and computed anew without it', async (_, change, code, message) => {
    const path = folder(await plain({ cat: 8, dog: 8 }));
    const pack = join(dirname(path), 'a.pack');
    const { parts } = await partsOf(path, {}, { pack });
    const file = splitFile(pack);
    writeFileSync(file, change(parseSplit(readFileSync(file, 'utf8'), file)));
    await expect(partsOf(path, {}, { pack })).rejects.toThrow(expect.objectContaining({ code }));
    await expect(partsOf(path, {}, { pack })).rejects.toThrow(message);
    rmSync(file);
    expect((await partsOf(path, {}, { pack })).parts).toEqual(parts);
  });

  it('are the same where they cannot be kept, which is said', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write everywhere');
    const path = folder(await plain({ cat: 8, dog: 8 }));
    const shut = join(dirname(path), 'shut');
    mkdirSync(shut);
    chmodSync(shut, 0o500);
    const { parts, said } = await partsOf(path, {}, { pack: join(shut, 'a.pack') });
    expect(said.join(' ')).toContain("parts of the pictures can't be kept in");
    expect(parts).toEqual((await partsOf(path)).parts);
  });

  it('are the same where a file lies in the way of the cache', async () => {
    const path = folder(await plain({ cat: 12, dog: 12 }));
    const place = folder({ cache: '' });
    const kept = await partsOf(path, {}, { pack: join(place, 'my.pack') });
    const { parts, said } = await partsOf(path, {}, { pack: join(place, 'cache', 'residual', 'my.pack') });
    expect(parts).toEqual(kept.parts);
    expect(said).toHaveLength(2); // of the pack and of the parts
  });

  it('a source that has parts of its own keeps them, and refuses to be divided', async () => {
    const files = await plain({ 'train/cat': 5, 'train/dog': 5, 'val/cat': 2, 'val/dog': 2 });
    const { data, parts } = await partsOf(folder(files));
    expect([data.train.length, data.validation?.length, 'test' in data, 'split' in data]).toEqual([
      10,
      4,
      false,
      false,
    ]);
    expect(parts['val/cat/10.png']).toBe('validation');
    await expect(partsOf(folder(files), { shares: [80, 10, 10], splitSeed: 3 })).rejects.toThrow(
      /photos: expected nothing to divide pictures by .* received shares 80\/10\/10, splitSeed 3\. Leave it out/,
    );
    const csv = folder({
      ...(await plain({ p: 4 })),
      'a.csv': 'p/0.png,x,train\np/1.png,y,train\np/2.png,x,test\np/3.png,y',
    });
    const { train, test, split } = await loadSource(csvSource({ path: join(csv, 'a.csv') }));
    expect([train.length, test?.length, split]).toEqual([3, 1, undefined]); // a line that says none trains, as before
  });
});
