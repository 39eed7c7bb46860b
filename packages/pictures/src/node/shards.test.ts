import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedData, loadSource, type PictureSource, pictureDataset, taskOf } from '@residual/data';
import { uniforms } from '@residual/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { folders, png } from '../../test/pictureFiles.js';
import { centerCrop, resizeShortSide } from '../crop.js';
import { color, stretch } from '../steps.js';
import { folderSource } from './folder.js';
import { shardsSource } from './shards.js';
import { sourceOf } from './sourceOf.js';
import { tarHeader } from './tar.js';
import { writeShards } from './writeShards.js';

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'shards-')), 'to');
const load = (path: string, options = {}) => loadSource(shardsSource({ path }), options);
const all = ({ length }: { length: number }) => Uint32Array.from({ length }, (_, i) => i);
const read = (pictures: LoadedData['train']) => (pictures as PictureSource).read(all(pictures));

/** Pictures of noise, 5x4 in colour. */
function noise(): LoadedData {
  const part = (name: string, length: number) => {
    const images = Uint8Array.from(uniforms({ seed: 0, purpose: name }, length * 60, { max: 256 }));
    const labels = Array.from({ length }, (_, i) => i % 11);
    const classNames = Array.from({ length: 11 }, (_, i) => `class ${i}`);
    return pictureDataset({ name: `noise/${name}`, images, labels, shape: [5, 4, 3], classNames });
  };
  const parts = { train: part('train', 25), test: part('test', 11) };
  return { ...parts, task: taskOf(parts, { name: 'noise' }) };
}

describe('shards', () => {
  it('give the pictures of a folder, each where it was: bytes, labels, parts, names and origins', async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 12; i++) {
      const part = ['train', 'train', 'val', 'test'][i % 4];
      files[`${part}/${i % 3 ? 'cat' : 'dog'}/${i}.png`] = await png(20 * i, { width: 10 + i, height: 9 });
    }
    const photos = folders()(files);
    const steps = [color(), resizeShortSide({ size: 12 }), centerCrop({ height: 12, width: 12 })];
    const fit = () => ({ picture: { height: 12, width: 12, channels: 3 } as const, steps });
    const before = await loadSource(folderSource({ path: photos }), { fit });
    const to = newFolder();
    expect(await writeShards(before, to)).toMatchObject({ pictures: 12, shards: 3 });
    expect(readdirSync(to).sort()).toEqual([
      ...['shards.json', 'test-000000.tar', 'test.jsonl', 'train-000000.tar', 'train.jsonl'],
      ...['validation-000000.tar', 'validation.jsonl'],
    ]);
    expect(await sourceOf(to)).toEqual({ name: 'shards', path: to });
    const after = await load(to, { fit });
    expect(after.task).toEqual(before.task);
    for (const part of ['train', 'validation', 'test'] as const) {
      const [was, is] = [before[part] as PictureSource, after[part] as PictureSource];
      expect({ ...is, origin: 0, read: 0 }).toEqual({ ...was, origin: 0, read: 0 });
      // A folder's pack keeps small pictures as they are; shards have what the steps make of them.
      for (const picture of await read(is)) expect(Math.min(picture.height, picture.width)).toBe(12);
      for (const i of all(is)) expect(is.origin!(i)).toMatchObject(was.origin!(i));
    }
    expect((after.train as PictureSource).origin!(3).stored).toMatchObject({
      file: join(to, 'train-000000.tar'),
      channels: 3,
    });
  });

  it('begin anew when one is full, and read in any order', async () => {
    const data = noise();
    const to = newFolder();
    expect(await writeShards(data, to, { shardBytes: 4000 })).toMatchObject({ pictures: 36, shards: 19 });
    const train = (await load(to)).train as PictureSource;
    const pictures = await train.read(Uint32Array.of(24, 0, 7, 7));
    const images = data.train as unknown as { images: Uint8Array };
    for (const [i, at] of [24, 0, 7, 7].entries()) {
      expect(pictures[i]!.data).toEqual(images.images.subarray(60 * at, 60 * (at + 1)));
    }
  });

  it('are what tar and NumPy read: a name by a number, .npy and .cls', async () => {
    const to = newFolder();
    await writeShards(noise(), to);
    const bytes = readFileSync(join(to, 'train-000000.tar'));
    expect(bytes.toString('latin1', 0, 13)).toBe('000000000.npy');
    expect(bytes.toString('latin1', 257, 262)).toBe('ustar');
    expect(bytes.toString('latin1', 513, 518)).toBe('NUMPY');
    expect(bytes.toString('latin1', 1024, 1037)).toBe('000000000.cls');
    expect(bytes.subarray(-1024).every((byte) => byte === 0)).toBe(true);
  });

  it('keep the task they were made for, and say so, unless another cuts the same pictures otherwise', async () => {
    const to = newFolder();
    const data = noise();
    const steps = [color(), stretch({ height: 6, width: 6 }), centerCrop({ height: 4, width: 4 })];
    await writeShards(
      { ...data, task: { ...data.task, picture: { height: 4, width: 4, channels: 3 }, steps } },
      to,
    );
    const remarks: string[] = [];
    const onRemark = (sentence: string) => remarks.push(sentence);
    const as = (height: number, rows: object[]) => () => ({
      picture: { height, width: 4, channels: 3 },
      steps: rows,
    });
    const other = await load(to, { onRemark, fit: as(9, [color(), stretch({ height: 9, width: 4 })]) });
    expect(other.task.picture.height).toBe(4);
    expect(remarks).toEqual([expect.stringContaining('9x4')]);
    const cut = [...steps.slice(0, 2), centerCrop({ height: 3, width: 4 })];
    const alike = await load(to, { onRemark, fit: as(3, cut) });
    expect(alike.task).toMatchObject({ picture: { height: 3 }, steps: cut });
    expect(remarks).toHaveLength(1);
  });

  it('leave nothing behind when they are stopped, and take no folder that is in use', async () => {
    const to = newFolder();
    await expect(writeShards(noise(), to, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(readdirSync(to)).toEqual([]);
    writeFileSync(join(to, 'mine'), '');
    const refused = expect.objectContaining({ code: 'ARGUMENT', where: to });
    await expect(writeShards(noise(), to)).rejects.toThrow(refused);
    expect(readdirSync(to)).toEqual(['mine']);
  });
});

describe('shards that are not what was written', () => {
  let whole: string;
  beforeAll(async () => {
    whole = newFolder();
    await writeShards(noise(), whole);
  });

  /** A copy whose third picture has another header. */
  function withHeader(change: (header: Buffer) => void, isSigned = true): string {
    const to = newFolder();
    cpSync(whole, to, { recursive: true });
    const file = join(to, 'train-000000.tar');
    const bytes = readFileSync(file);
    const header = bytes.subarray(2 * 2048, 2 * 2048 + 512);
    expect(header.toString('latin1', 0, 13)).toBe('000000002.npy');
    change(header);
    if (isSigned) sign(header);
    writeFileSync(file, bytes);
    return to;
  }
  function sign(header: Buffer): void {
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
  }
  const named = (name: string) => (header: Buffer) => header.fill(0, 0, 100).write(name);
  const typed =
    (type: string, target = '') =>
    (header: Buffer) => {
      header.write(type, 156);
      header.write(target, 157);
    };
  const sized = (size: string) => (header: Buffer) => header.write(size, 124);

  const cases: [number: string, change: (header: Buffer) => void, code: string, isSigned?: boolean][] = [
    ['54 a name that climbs out', named('../000000002.npy'), 'UNSAFE'],
    ['55 an absolute name', named('/etc/passwd'), 'UNSAFE'],
    ['56 a symbolic link', typed('2', '/etc/passwd'), 'UNSAFE'],
    ['57 a hard link', typed('1', '000000001.npy'), 'UNSAFE'],
    ['58 a link to a link', typed('2', '000000003.npy'), 'UNSAFE'],
    ['59 a device', typed('3'), 'UNSAFE'],
    ['60 a wrong checksum', (header) => header.write('0000000\0', 148), 'FORMAT', false],
    ['61 a negative length', sized('-0000000274\0'), 'LIMIT'],
    ['61 a huge length', (header) => header.fill(0x7f, 125, 136).fill(0x80, 124, 125), 'LIMIT'],
    ['61 a negative length in binary', (header) => header.fill(0xff, 124, 136), 'LIMIT'],
    ['62 the name of another entry', named('000000001.npy'), 'FORMAT'],
    ['63 a header that gives a name', typed('x'), 'UNSAFE'],
    ['another length', sized('00000000275\0'), 'FORMAT'],
    ['a name of two lines', named('0\n1.npy'), 'FORMAT'],
  ];
  it.each(cases)('%s', async (_, change, code, isSigned) => {
    const path = withHeader(change, isSigned);
    const { train } = await load(path);
    const message = expect.not.stringContaining('\n');
    const where = expect.stringContaining('000000002.npy');
    const refused = expect.objectContaining({ code, where, message });
    await expect((train as PictureSource).read(Uint32Array.of(0, 2, 4))).rejects.toThrow(refused);
    expect(existsSync(join(path, '..', '000000002.npy'))).toBe(false);
    expect(await (train as PictureSource).read(Uint32Array.of(1, 3))).toHaveLength(2);
  });

  it('58 a whole chain of links, 62 and 63: an entry more, of any kind, has no place', async () => {
    const to = newFolder();
    cpSync(whole, to, { recursive: true });
    const file = join(to, 'train-000000.tar');
    const bytes = readFileSync(file);
    const more = tarHeader({ name: '000000001.npy', bytes: 0 });
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 2048), more, bytes.subarray(2048)]));
    await expect(load(to)).rejects.toThrow(expect.objectContaining({ code: 'FORMAT', where: file }));
  });

  it('64 one that was cut off', async () => {
    const to = newFolder();
    cpSync(whole, to, { recursive: true });
    const file = join(to, 'test-000000.tar');
    truncateSync(file, 5000);
    await expect(load(to)).rejects.toThrow(expect.objectContaining({ code: 'FORMAT', where: file }));
  });

  it.each<[what: string, file: string, change: (text: string) => string, where: RegExp]>([
    [
      'an index with another line',
      'train.jsonl',
      (text) => text.replace('"label":1,', '"label":2,'),
      /train\.jsonl$/,
    ],
    ['no JSON', 'shards.json', (text) => text.slice(1), /shards\.json$/],
    [
      'another version',
      'shards.json',
      (text) => text.replace('"version": 1', '"version": 2'),
      /shards\.json: version$/,
    ],
  ])('%s', async (_, name, change, where) => {
    const to = newFolder();
    cpSync(whole, to, { recursive: true });
    writeFileSync(join(to, name), change(readFileSync(join(to, name), 'utf8')));
    await expect(load(to)).rejects.toThrow(
      expect.objectContaining({ code: 'FORMAT', where: expect.stringMatching(where) }),
    );
  });

  it('a picture of which a byte has changed', async () => {
    const to = newFolder();
    cpSync(whole, to, { recursive: true });
    const file = join(to, 'train-000000.tar');
    const bytes = readFileSync(file);
    bytes[2048 + 640 + 59]! ^= 1;
    writeFileSync(file, bytes);
    const { train } = await load(to);
    const refused = expect.objectContaining({ code: 'FORMAT', where: `${file}: 000000001.npy` });
    await expect(read(train)).rejects.toThrow(refused);
  });
});
