import { createHash } from 'node:crypto';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DataError, type Split } from '@residual/data';
import { firstBytes } from '@residual/data/node';
import { isTemporary, makeFolder } from '@residual/weights/node';
import envPaths from 'env-paths';
import { isPackStart } from '../pack/packFormat.js';

const PACK = '.pack';
/** Bytes that tell a pack. */
const PACK_START = 8;
const SPLIT = '.split.json';
/** Of all packs in the user's cache. */
const MOST_BYTES = 20e9;
/** What a process that was killed has left; nobody packs for so long without writing. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** Where the packs of a source lie: in the user's cache a file for each way to keep pictures, or one file that was named. */
export interface PackStore {
  /** The file for what is kept by steps of this `keptKey`. */
  file(keptKey: string): string;
  /** The files that may hold these pictures, whatever their steps, the latest first. */
  files(): Promise<string[]>;
  /** The file that remembers which picture is in which part, for each way to divide them. */
  split(way: Pick<Split, 'group' | 'shares' | 'seed'>): string;
  /** Makes the folder. @throws the system's error */
  prepare(): Promise<void>;
  /** Tells that a pack is in use, and removes those that were not for the longest time where all take too much. */
  used(path: string): Promise<void>;
}

/**
 * @param where The folder or file of the pictures.
 * @param dataName What a table or archive of that folder is called.
 * @param pack The file that was named.
 * @throws DataError `ARGUMENT` when that file is something else.
 */
export async function packStore(where: string, dataName: string, pack?: string): Promise<PackStore> {
  if (pack !== undefined) return namedFile(resolve(pack));
  const folder = join(envPaths('residual', { suffix: '' }).cache, 'packs');
  const readable = dataName.replace(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 40);
  const source = `${readable}-${hash(`${resolve(where)}\0${dataName}`)}-`;
  return {
    file: (key) => join(folder, `${source}${hash(key)}${PACK}`),
    async files() {
      const names = await readdir(folder).catch(() => []); // there is none yet
      const own = names.filter((name) => name.startsWith(source) && name.endsWith(PACK));
      return (await aged(folder, own)).reverse().map(({ path }) => path);
    },
    split: ({ group, shares, seed }) =>
      join(folder, `${source}${hash(JSON.stringify([group, shares, seed]))}${SPLIT}`),
    prepare: async () => void (await makeFolder(folder)),
    async used(path) {
      await touch(path);
      await trim(folder, path);
    },
  };
}

async function namedFile(path: string): Promise<PackStore> {
  const start = await startOf(path);
  if (start !== undefined && start.length > 0 && !isPackStart(start)) {
    throw new DataError('ARGUMENT', {
      where: path,
      expected: 'a pack, or a name that no file has',
      received: 'another kind of file',
      fix: 'Name another file: this one would be lost.',
    });
  }
  return {
    file: () => path,
    files: async () => (start === undefined ? [] : [path]),
    split: ({ group, shares, seed }) => `${path}.${hash(JSON.stringify([group, shares, seed]))}${SPLIT}`,
    prepare: async () => void (await makeFolder(dirname(path))),
    used: async () => {}, // it stays until its owner removes it
  };
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Enough of a file to tell whether it is a pack; undefined where there is none. */
function startOf(path: string): Promise<Uint8Array | undefined> {
  return firstBytes(path, PACK_START).catch((error: NodeJS.ErrnoException) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** When a file was used last is when it was modified, as it is never modified otherwise. Who may not, doesn't. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

/** The longest unused first. */
async function aged(
  folder: string,
  names: readonly string[],
): Promise<{ path: string; usedAt: number; bytes: number }[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const facts = await stat(path).catch(() => undefined); // another process has removed it
      return facts === undefined ? [] : [{ path, usedAt: facts.mtimeMs, bytes: facts.size }];
    }),
  );
  return found.flat().sort((a, b) => a.usedAt - b.usedAt);
}

/** Removes the packs that were unused for the longest time, until all take no more than `mostBytes`; never `kept`, nor other files. */
export async function trim(folder: string, kept: string, mostBytes = MOST_BYTES): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const packs = await aged(
    folder,
    names.filter((name) => name.endsWith(PACK)),
  );
  let total = packs.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of packs) {
    if (total <= mostBytes) break;
    if (path === kept || !isPackStart((await startOf(path).catch(() => undefined)) ?? new Uint8Array(0)))
      continue;
    await rm(path, { force: true }).catch(() => {});
    total -= bytes;
  }
  const partial = await aged(folder, names.filter(isTemporary));
  for (const { path, usedAt } of partial) {
    if (Date.now() - usedAt > ABANDONED_MS) await rm(path, { force: true }).catch(() => {});
  }
}
