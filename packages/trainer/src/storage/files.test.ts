import { spawnSync } from 'node:child_process';
import * as nodeFileSystem from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { FileSystem } from '@residual/weights/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStorage } from './files.node.js';

let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'residual-')), 'run', 'checkpoints');
});

afterEach(() => rm(join(directory, '..', '..'), { recursive: true }));

type Operation = 'mkdir' | 'readdir' | 'open' | 'write' | 'sync' | 'rename' | 'open folder' | 'sync folder';

/** Node's file system, which writes down what it does and can be made to fail at one kind of operation. */
function watchedFileSystem(failAt?: Operation, code = 'EIO') {
  const log: string[] = [];
  const step = (operation: Operation) => {
    log.push(operation);
    if (operation === failAt) throw Object.assign(new Error(`${code}: it failed`), { code });
  };
  const fs: FileSystem = {
    ...nodeFileSystem,
    async mkdir(path) {
      step('mkdir');
      await nodeFileSystem.mkdir(path);
    },
    async readdir(path) {
      step('readdir');
      return nodeFileSystem.readdir(path);
    },
    async open(path, flags) {
      const isFolder = flags === 'r';
      step(isFolder ? 'open folder' : 'open');
      const file = await nodeFileSystem.open(path, flags);
      return {
        async write(bytes) {
          if (failAt === 'write') await file.write(bytes.subarray(0, 1)); // a full disk takes some first
          step('write');
          return file.write(bytes);
        },
        read: (bytes) => file.read(bytes),
        async sync() {
          step(isFolder ? 'sync folder' : 'sync');
          await file.sync();
        },
        close: () => file.close(),
      };
    },
    async rename(from, to) {
      step('rename');
      await nodeFileSystem.rename(from, to);
    },
  };
  return { fs, log };
}

/** Of a program that is no more. */
const endedPid = () => spawnSync(process.execPath, ['--version']).pid;

const OLD = Uint8Array.of(1, 2, 3);
const NEW = Uint8Array.of(4, 5, 6, 7);

describe('fileStorage', () => {
  it('keeps bytes under names in a folder that it makes', async () => {
    const storage = fileStorage(directory);
    expect(await storage.list()).toEqual([]);
    await storage.write('a', OLD);
    await storage.write('b', OLD);
    await storage.write('a', NEW);
    expect((await storage.list()).sort()).toEqual(['a', 'b']);
    expect(await storage.read('a')).toEqual(NEW);
    await storage.remove('a');
    expect(await storage.list()).toEqual(['b']);
  });

  it('syncs the file before it renames it, and the folder after that', async () => {
    const { fs, log } = watchedFileSystem();
    await fileStorage(directory, { fs }).write('a', OLD);
    const folder = process.platform === 'win32' ? [] : ['open folder', 'sync folder'];
    const folders = ['mkdir', 'mkdir', 'mkdir']; // it, what it stands in, and then it
    expect(log).toEqual([...folders, 'readdir', 'open', 'write', 'sync', 'rename', ...folder]);
  });

  it('ignores what a killed process left, and clears it away before it writes (corpus 93)', async () => {
    const storage = fileStorage(directory);
    await storage.write('a', OLD);
    const left = [endedPid(), process.pid].map((pid) => `.residual-${pid}-0123456789ab.tmp`);
    for (const name of left) await writeFile(join(directory, name), NEW);
    const next = fileStorage(directory);
    expect(await next.list()).toEqual(['a']);
    await next.write('c', OLD);
    expect((await readdir(directory)).sort()).toEqual(['a', 'c']);
  });

  it('leaves the files of others alone, and what a running program is writing', async () => {
    const storage = fileStorage(directory);
    await storage.write('a', OLD);
    const others = ['notes.tmp', `.residual-${process.ppid}-0123456789ab.tmp`, '.residual-1-x.tmp'];
    for (const name of others) await writeFile(join(directory, name), NEW);
    const next = fileStorage(directory);
    await next.write('b', OLD);
    expect((await readdir(directory)).sort()).toEqual([...others, 'a', 'b'].sort());
    expect((await next.list()).sort()).toEqual(['.residual-1-x.tmp', 'a', 'b', 'notes.tmp']);
  });

  it('lets two storages of one program write into one folder at once', async () => {
    const many = Array.from({ length: 20 }, (_, i) => fileStorage(directory).write(`a${i}`, NEW));
    await Promise.all(many);
    expect((await readdir(directory)).length).toBe(20);
  });

  it('knows an error by its code, also where its class is that of another realm (Jest)', async () => {
    const foreign = runInNewContext("Object.assign(new Error('no'), { code: 'ENOENT' })") as Error;
    expect(foreign instanceof Error).toBe(false);
    const fs: FileSystem = { ...nodeFileSystem, readdir: () => Promise.reject(foreign) };
    expect(await fileStorage(directory, { fs }).list()).toEqual([]);
    await expect(fileStorage(directory, { fs }).write('a', OLD)).rejects.toMatchObject({
      code: 'STORAGE',
      received: 'ENOENT',
      fix: 'Check the name of the folder.',
      cause: foreign,
    });
  });

  it.skipIf(process.platform === 'win32')('works where folders cannot be synced', async () => {
    for (const code of ['EINVAL', 'ENOTSUP']) {
      const { fs } = watchedFileSystem('sync folder', code);
      await fileStorage(directory, { fs }).write('a', NEW);
      expect(await readFile(join(directory, 'a'))).toEqual(Buffer.from(NEW));
    }
  });

  it('says which file is missing', async () => {
    await expect(fileStorage(directory).read('none')).rejects.toMatchObject({
      code: 'STORAGE',
      message: `${join(directory, 'none')}: expected a file that can be read, received ENOENT. Check the name of the folder.`,
    });
  });
});

describe('a failing disk', () => {
  const operations: Operation[] = ['mkdir', 'readdir', 'open', 'write', 'sync', 'rename'];
  const codes = { ENOSPC: /Free some space/, EACCES: /permission/, EROFS: /read-only/, EIO: /fault/ };

  it.each(
    operations.flatMap((operation) => Object.entries(codes).map(([code, fix]) => ({ operation, code, fix }))),
  )(
    'at $operation with $code: the old file stays, nothing is left over, and the error says what to do',
    async ({ operation, code, fix }) => {
      await fileStorage(directory).write('a', OLD);
      const { fs } = watchedFileSystem(operation, code);
      const failure = fileStorage(directory, { fs }).write('a', NEW);
      await expect(failure).rejects.toMatchObject({ name: 'TrainerError', code: 'STORAGE', cause: { code } });
      await expect(failure).rejects.toThrow(
        `${join(directory, 'a')}: expected a file that can be written, received ${code}.`,
      );
      await expect(failure).rejects.toThrow(fix);
      expect(await readdir(directory)).toEqual(['a']);
      expect(await readFile(join(directory, 'a'))).toEqual(Buffer.from(OLD));
      const storage = fileStorage(directory);
      await storage.write('a', NEW);
      expect(await storage.read('a')).toEqual(NEW);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'at the last sync: reported, though the new file is whole',
    async () => {
      const { fs } = watchedFileSystem('sync folder', 'EIO');
      await expect(fileStorage(directory, { fs }).write('a', NEW)).rejects.toMatchObject({ code: 'STORAGE' });
      expect(await readFile(join(directory, 'a'))).toEqual(Buffer.from(NEW));
    },
  );
});
