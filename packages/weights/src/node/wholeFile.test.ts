import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FileSystem, type OpenFile, writeWhole } from './wholeFile.js';

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'residual-whole-'));
});
afterAll(() => fs.rm(folder, { recursive: true }));

/** A disk of which one operation on files is refused, as the system does it: of a write it names no file. */
function refusing(operation: keyof OpenFile | 'rename'): FileSystem {
  const refuse = () =>
    Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC', syscall: operation }));
  return {
    ...fs,
    rename: operation === 'rename' ? refuse : fs.rename,
    async open(path, flags) {
      const file = await fs.open(path, flags);
      return {
        write: operation === 'write' ? refuse : (bytes) => file.write(bytes),
        read: (bytes) => file.read(bytes),
        sync: operation === 'sync' ? refuse : () => file.sync(),
        close: () => file.close(),
      };
    },
  };
}

it.each(['write', 'sync', 'rename'] as const)(
  'names the file of which a %s is refused, and leaves none',
  async (operation) => {
    const path = join(folder, 'model.safetensors');
    const writing = writeWhole(path, [Uint8Array.of(1, 2)], { fs: refusing(operation) });
    await expect(writing).rejects.toMatchObject({ code: 'ENOSPC', syscall: operation, path });
    expect(await fs.readdir(folder)).toEqual([]);
  },
);

it('names the file that cannot be begun', async () => {
  const path = join(folder, 'none', 'model.safetensors');
  await expect(writeWhole(path, [])).rejects.toMatchObject({ code: 'ENOENT', path });
});
