import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { joined, loadSource } from '@residual/data';
import { decodePicture, folderSource } from '@residual/pictures/node';
import { pack } from 'tar-fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireHash, unpack } from '../src/fetch.ts';
import { sampleOf } from '../src/sample.ts';
import { type Emoji, listEmoji, pathOf, requireEmpty, writeEmoji } from '../src/set.ts';

const root = join(import.meta.dirname, '..');
const sample = join(root, 'sample');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emoji-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A package as npm's: two emoji, one with skin tones, one without a picture, and a part of others. */
async function makePackage(): Promise<string> {
  const unpacked = join(folder, 'source', 'package');
  const pictures = join(unpacked, 'img', 'twitter', '64');
  await mkdir(pictures, { recursive: true });
  const hands = await readdir(join(sample, 'People & Body'));
  for (const name of hands.filter((name) => name.startsWith('1f44e'))) {
    await cp(join(sample, 'People & Body', name), join(pictures, name.replace('_', '-')));
  }
  await cp(join(sample, 'People & Body', '1f475.png'), join(pictures, '1f600.png'));
  await mkdir(join(unpacked, 'img', 'twitter', 'sheets'));
  await writeFile(join(unpacked, 'img', 'twitter', 'sheets', '32.png'), 'large');
  const tones = ['1F3FB', '1F3FC', '1F3FD', '1F3FE', '1F3FF'];
  const entry = (unified: string, category: string, others = {}) => ({
    unified,
    category,
    image: `${unified.toLowerCase()}.png`,
    has_img_twitter: true,
    ...others,
  });
  const skin_variations = Object.fromEntries(
    tones.map((tone) => [tone, entry(`1F44E-${tone}`, 'People & Body')]),
  );
  const entries = [
    entry('1F600', 'Smileys & Emotion'),
    entry('1F601', 'Smileys & Emotion', { has_img_twitter: false }),
    entry('1F44E', 'People & Body', { skin_variations }),
    entry('1F3FB', 'Component'),
  ];
  await writeFile(join(unpacked, 'emoji.json'), JSON.stringify(entries));
  return unpacked;
}

it('unpacks what it needs of a package, and nothing else', async () => {
  await makePackage();
  const file = join(folder, 'made.tgz');
  await pipeline(pack(join(folder, 'source')), createGzip(), createWriteStream(file));
  const target = join(folder, 'unpacked');
  await unpack(file, target);
  expect(await readdir(join(target, 'package', 'img', 'twitter'))).toEqual(['64']);
  expect(await readdir(join(target, 'package', 'img', 'twitter', '64'))).toHaveLength(7);
  expect(await listEmoji(join(target, 'package'))).toHaveLength(7);
});

it('writes a folder for each category, files that begin with their group, and the attribution', async () => {
  const unpacked = await makePackage();
  const emoji = await listEmoji(unpacked);
  const set = join(folder, 'deep', 'set');
  await writeEmoji(unpacked, emoji, set);
  expect(emoji.map(pathOf)).toEqual([
    'Smileys & Emotion/1f600.png',
    'People & Body/1f44e.png',
    ...['1f3fb', '1f3fc', '1f3fd', '1f3fe', '1f3ff'].map((tone) => `People & Body/1f44e_${tone}.png`),
  ]);
  expect(await readdir(set)).toEqual(['ATTRIBUTION.txt', 'People & Body', 'Smileys & Emotion']);
  expect(await readFile(join(set, 'ATTRIBUTION.txt'), 'utf8')).toContain('CC-BY 4.0');
  expect(await readdir(join(folder, 'deep'))).toEqual(['set']); // nothing beside it
  await expect(requireEmpty(set)).rejects.toThrow(
    'a folder that is empty, or none, received ATTRIBUTION.txt',
  );
});

it('leaves nothing behind where it fails', async () => {
  const unpacked = await makePackage();
  const [first] = await listEmoji(unpacked);
  const set = join(folder, 'set');
  await expect(writeEmoji(unpacked, [{ ...first!, image: 'no such.png' }], set)).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual(['source']);
});

it('takes the same sample whatever order the list has: whole groups, every class', () => {
  const counts = { 'People & Body': 300, Flags: 270, Objects: 264, Symbols: 224, 'Travel & Places': 218 };
  const others = { 'Smileys & Emotion': 169, 'Animals & Nature': 159, 'Food & Drink': 131, Activities: 85 };
  const emoji: Emoji[] = Object.entries({ ...counts, ...others }).flatMap(([category, count], kind) =>
    Array.from({ length: count }, (_, i) => `${kind}-${i}`).flatMap((base) =>
      (kind > 0 ? [''] : ['', '1', '2', '3', '4', '5']).map((tone) => ({ category, base, tone, image: '' })),
    ),
  );
  const chosen = sampleOf(emoji);
  expect(chosen).toHaveLength(200);
  expect(new Set(sampleOf(emoji.toReversed()))).toEqual(new Set(chosen));
  const people = chosen.filter(({ category }) => category === 'People & Body');
  expect(Object.values(Object.groupBy(people, ({ base }) => base)).map((group) => group!.length)).toEqual(
    new Array(11).fill(6),
  );
});

it('has its sample of 200 pictures of 64x64, in nine classes from 6 to 66', async () => {
  const loaded = await loadSource(folderSource({ path: sample }));
  const { task, report } = loaded;
  expect(joined(loaded).length).toBe(200);
  expect(task.classNames).toHaveLength(9);
  expect(report!.passedOver).toEqual([{ file: 'ATTRIBUTION.txt', reason: 'in no folder of a class' }]);
  let bytes = 0;
  const groups = new Set<string>();
  const counts: number[] = [];
  for (const className of task.classNames) {
    const names = await readdir(join(sample, className));
    counts.push(names.length);
    for (const name of names) {
      const file = await readFile(join(sample, className, name));
      bytes += file.length;
      expect(await decodePicture(file)).toMatchObject({ height: 64, width: 64 });
      // The pattern of the help text.
      groups.add(/([^/_.]+)[^/]*$/.exec(`${className}/${name}`)![1]!);
    }
  }
  expect(counts.sort((a, b) => a - b)).toEqual([6, 10, 12, 16, 18, 20, 24, 28, 66]);
  expect(groups.size).toBe(150);
  expect([...groups].filter((group) => !/^[0-9a-f-]+$/.test(group))).toEqual([]);
  expect(bytes).toBeLessThan(600_000);
});

it('refuses a file of other bytes', async () => {
  const file = join(folder, 'other.tgz');
  await writeFile(file, 'something else');
  await expect(requireHash(file)).rejects.toThrow('with SHA-512 7F+uCuHH');
});

it('says what to do without a network', () => {
  const { status, stderr } = spawnSync(process.execPath, [root, join(folder, 'set')], {
    encoding: 'utf8',
    env: { ...process.env, npm_config_offline: 'true', npm_config_cache: join(folder, 'cache') },
  });
  expect(stderr).toBe(
    'error: emoji-datasource-twitter 16.0.0: expected npm to get the package, received ENOTCACHED. Check the network and ' +
      "npm's registry, or get emoji-datasource-twitter-16.0.0.tgz where there is one and name it with --tarball FILE.\n",
  );
  expect(status).toBe(1);
});

it('prints help, and what is wrong with a command line', () => {
  const run = (...words: string[]) => spawnSync(process.execPath, [root, ...words], { encoding: 'utf8' });
  expect(run('--help').stdout).toContain('node tooling/emoji FOLDER');
  expect(run('a', 'b').stderr).toBe(
    'error: the command line: expected one folder, received 2. Try --help.\n',
  );
  expect(run().status).toBe(1);
});
