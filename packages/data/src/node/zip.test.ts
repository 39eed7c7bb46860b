import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entry, makeZip } from '../../test/makeZip.js';
import { ZipArchive } from './zip.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-zip-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const data = Uint8Array.from({ length: 1000 }, (_, i) => i % 7);
let count = 0;

function open(bytes: Uint8Array, maxBytes = 10_000_000): Promise<ZipArchive> {
  const path = join(folder, `${count++}.zip`);
  writeFileSync(path, bytes);
  return ZipArchive.open(path, { maxBytes });
}

const one = (change: Partial<Entry>) =>
  open(
    makeZip([
      { name: 'good', data },
      { name: 'bad', data, ...change },
    ]),
  );

describe('ZipArchive', () => {
  it('reads files by position, in the order of the archive; a folder is none', async () => {
    const archive = await open(
      makeZip([
        { name: 'b/2', data },
        { name: 'a/', data: new Uint8Array(0) },
        { name: './a/1', data: data.subarray(7) },
        { name: 'c\\3', data },
      ]),
    );
    expect(archive.names).toEqual(['b/2', 'a/1', 'c/3']);
    expect(archive.passedOver).toEqual([]);
    expect(await archive.read('b/2')).toEqual(data);
    expect(
      (await Promise.all(['a/1', 'c/3', 'a/1'].map((name) => archive.read(name)))).map(
        ({ length }) => length,
      ),
    ).toEqual([993, 1000, 993]);
    await expect(archive.read('a')).rejects.toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it.each([
    ['98 a name that climbs out', '../bad'],
    ['98 one that climbs out later', 'a/../../bad'],
    ['98 one with backslashes', 'a\\..\\..\\bad'],
    ['99 an absolute name', '/etc/bad'],
    ['99 a drive', 'C:/bad'],
    ['103 a name that is there already', 'good'],
    ['103 the same name, written otherwise', './good'],
  ])('refuses an archive with %s', async (_, name) => {
    await expect(one({ name })).rejects.toThrow(expect.objectContaining({ code: 'UNSAFE' }));
  });

  it.each<[string, Partial<Entry>, RegExp]>([
    ['100 a link', { mode: 0o120777 }, /^a link$/],
    [
      '101 a bomb of 10 GB',
      { size: 10e9, zip64: true },
      /10000000000 bytes when unpacked, more than 10000000/,
    ],
    ['101 a bomb below the limit', { data: new Uint8Array(9e6) }, /bytes that unpack to 9000000/],
    ['105 an encrypted file', { encrypted: true }, /^encrypted/],
    ['147 a device', { mode: 0o060666 }, /^neither a file nor a folder$/],
    ['147 a pipe', { mode: 0o010666 }, /^neither a file nor a folder$/],
  ])('passes over %s, and reads the rest', async (_, change, reason) => {
    const archive = await one(change);
    expect(archive.names).toEqual(['good']);
    expect(archive.passedOver).toEqual([{ file: 'bad', reason: expect.stringMatching(reason) }]);
    expect(await archive.read('good')).toEqual(data);
  });

  it.each<[string, Partial<Entry>, string]>([
    ['102 a file that unpacks to more than it says', { size: 10 }, 'LIMIT'],
    ['104 a name before the data that the directory does not have', { localName: 'was' }, 'FORMAT'],
    ['148 a file that is packed by LZMA', { method: 14 }, 'FORMAT'],
    ['108 a file that lies over another', { at: 0, localName: 'bad' }, 'FORMAT'],
  ])('refuses to read %s, and reads the rest', async (_, change, code) => {
    const archive = await one(change);
    expect(await archive.read('good')).toEqual(data);
    await expect(archive.read('bad')).rejects.toThrow(
      expect.objectContaining({ code, where: `${archive.path}: bad` }),
    );
  });

  it('106 reads zip64', async () => {
    expect(await (await one({ zip64: true })).read('bad')).toEqual(data);
  });

  it('107 refuses one that is cut off, another file, nothing and a folder', async () => {
    const whole = makeZip([{ name: 'good', data }]);
    for (const bytes of [whole.subarray(0, -30), data, new Uint8Array(0)]) {
      await expect(open(bytes)).rejects.toThrow(expect.objectContaining({ code: 'FORMAT' }));
    }
    await expect(ZipArchive.open(folder, { maxBytes: 1 })).rejects.toThrow(
      expect.objectContaining({ received: 'a folder' }),
    );
    await expect(ZipArchive.open(join(folder, 'none'), { maxBytes: 1 })).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', received: 'nothing of that name' }),
    );
  });

  it('107 finds damage by the checksum', async () => {
    const bytes = makeZip([{ name: 'good', data }]);
    bytes[40] = bytes[40]! ^ 255;
    const archive = await open(bytes);
    await expect(archive.read('good')).rejects.toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });

  it('124 refuses an archive that changes while it is in use', async () => {
    const archive = await open(makeZip([{ name: 'good', data }]));
    utimesSync(archive.path, 1, 1);
    await expect(archive.read('good')).rejects.toThrow(expect.objectContaining({ code: 'MISMATCH' }));
  });
});
