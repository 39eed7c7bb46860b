import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAtMost } from './readAtMost.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const tooLong = (received: string) => new Error(`too long: ${received}`);

it.each([0, 1, 100, 200_000])(
  'gives the %i bytes of a file, and refuses it unread where fewer are allowed',
  async (length) => {
    const path = join(folder, 'file');
    const bytes = Uint8Array.from({ length }, (_, i) => i);
    writeFileSync(path, bytes);
    expect(await readAtMost(path, length, tooLong)).toEqual(bytes);
    if (length > 0)
      await expect(readAtMost(path, length - 1, tooLong)).rejects.toThrow(`too long: ${length}`);
  },
);

it('stops where a file says that it is empty, and goes on for ever', async (context) => {
  if (process.platform === 'win32') context.skip('Windows has no devices among its files');
  const path = join(folder, 'device');
  symlinkSync('/dev/zero', path);
  await expect(readAtMost(path, 1_000_000, tooLong)).rejects.toThrow('too long: more');
});

it('names the path where the system does not', async () => {
  await expect(readAtMost(folder, 10, tooLong)).rejects.toMatchObject({ code: 'EISDIR', path: folder });
  const missing = join(folder, 'none');
  await expect(readAtMost(missing, 10, tooLong)).rejects.toMatchObject({ code: 'ENOENT', path: missing });
});
