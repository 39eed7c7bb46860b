import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from './makeFolder.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'residual-folder-'));
});
afterEach(() => rm(root, { recursive: true }));

it('makes a folder and those above it, once', async () => {
  const path = join(root, 'a', 'b', 'c');
  expect(await makeFolder(path)).toBe(true);
  expect(await readdir(join(root, 'a', 'b'))).toEqual(['c']);
  expect(await makeFolder(path)).toBe(false);
  expect(await Promise.all([0, 1, 2].map(() => makeFolder(join(root, 'd', 'e'))))).toContain(true);
});

it('refuses the name of a file, and what is below one', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(makeFolder(join(root, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(root, 'file', 'a'))).rejects.toThrow('ENOTDIR');
});

it('ends where the system says that what is there is not', async () => {
  const tried: string[] = [];
  const fs = {
    async mkdir(path: string) {
      tried.push(path);
      throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' });
    },
    readdir: async (path: string) => {
      if (path === '/proc') return [];
      throw new Error('not there');
    },
  };
  await expect(makeFolder('/proc/x', { fs })).rejects.toThrow('ENOENT');
  expect(tried.length).toBeLessThan(5);
});
