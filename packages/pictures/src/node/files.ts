import type { Dirent } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { compareNaturally, DataError, type PassedOver } from '@residual/data';
import { fileError } from '@residual/data/node';
import type { Stamp } from '../pack/packIndex.js';
import { type DecodeLimits, limitsOf } from './limits.js';

/** The files of a folder or an archive. Paths are relative to it, with `/` between folders. */
export interface Files {
  /** Where they are, for messages. */
  readonly where: string;
  /** Which they are: the folder's or archive's own name. */
  readonly name: string;
  /** Of its pictures. */
  readonly limits: Required<DecodeLimits>;
  /** All files and folders but hidden ones, in natural order, and what of them is passed over. */
  list(): Promise<{ paths: string[]; folders: string[]; passedOver: PassedOver[] }>;
  /** Why a path can't be read; undefined when it can. */
  problem(path: string): Promise<string | undefined>;
  /**
   * @param atMost Bytes: from a larger file at least so many may come, instead of all.
   * @throws DataError when it can't be read, or is larger than its limit.
   */
  read(path: string, atMost?: number): Promise<Uint8Array>;
  /**
   * Where a file lies by itself, for who reads it without following links; undefined where that can't be said, as in an archive. It
   * may be there no longer.
   */
  direct?(path: string): Promise<string | undefined>;
  /** By what a file is known to be the same one without being read; of one that can't be told, a stamp like no other. */
  stamp(path: string): Promise<Stamp>;
}

const OF_SYSTEMS = ['thumbs.db', 'desktop.ini', '__macosx', '$recycle.bin', '@eadir'];

/** What systems put beside one's files: passed over without a word. */
export function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') || OF_SYSTEMS.includes(name.toLowerCase()));
}

/**
 * The files of a folder. A link to a file is read where it stays inside; one that leaves the folder is passed over, and one to a
 * folder, whose files are read where they are.
 *
 * @throws DataError `NOT_FOUND` or `PERMISSION` when it can't be read.
 */
export async function folderFiles(path: string, given: DecodeLimits = {}): Promise<Files> {
  const limits = limitsOf(given);
  const expected = 'a folder of pictures that can be read';
  const failed = (where: string) => (cause: NodeJS.ErrnoException) => {
    throw fileError(where, expected, cause);
  };
  const root = await realpath(path).catch(failed(path));
  await readdir(root).catch(failed(path));

  const isInside = (real: string) => {
    const inside = relative(root, real);
    return inside.split(sep)[0] !== '..' && resolve(inside) !== inside;
  };
  /** Followed to where they are, inside. */
  const knownFolders = new Set<string>();

  /** The file that a path means, or why it can't be read. */
  const locate = async (file: string): Promise<{ real: string } | { problem: string }> => {
    try {
      const path = join(root, file);
      const isFile = (await lstat(path)).isFile();
      if (isFile && knownFolders.has(dirname(path))) return { real: path };
      const real = await realpath(path);
      if (!isInside(real)) return { problem: 'a link that leaves the folder' };
      if (isFile) knownFolders.add(dirname(path));
      const facts = await stat(real);
      if (facts.isDirectory()) return { problem: 'a folder' };
      return facts.isFile() ? { real } : { problem: 'neither a file nor a folder' };
    } catch (error) {
      return { problem: problemOf(error as NodeJS.ErrnoException) };
    }
  };

  const walk = async (folder: string, found: Awaited<ReturnType<Files['list']>>): Promise<void> => {
    const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true }).catch(
      failed(join(path, folder)),
    );
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      const child = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        found.folders.push(child);
        await walk(child, found);
        continue;
      }
      const problem = entry.isFile() ? undefined : await linkProblem(child);
      if (problem === undefined) found.paths.push(child);
      else found.passedOver.push({ file: child, reason: problem });
    }
  };
  const linkProblem = async (file: string): Promise<string | undefined> => {
    const located = await locate(file);
    if (!('problem' in located)) return undefined;
    if (located.problem === 'a folder') return 'a link to a folder, whose files are read where they are';
    return located.problem === 'no such file' ? 'a link to nothing' : located.problem;
  };

  return {
    where: path,
    name: basename(root),
    limits,
    async list() {
      const found = { paths: [], folders: [], passedOver: [] } as Awaited<ReturnType<Files['list']>>;
      await walk('', found);
      found.paths.sort(compareNaturally);
      found.folders.sort(compareNaturally);
      found.passedOver.sort((a, b) => compareNaturally(a.file, b.file));
      return found;
    },
    stamp: async (file) => stampOf(join(root, file)),
    async direct(file) {
      const path = join(root, file);
      if (!knownFolders.has(dirname(path))) await locate(file);
      return knownFolders.has(dirname(path)) ? path : undefined;
    },
    async problem(file) {
      const located = await locate(file);
      return 'problem' in located ? located.problem : undefined;
    },
    async read(file, atMost) {
      const located = await locate(file);
      const where = join(path, file);
      if ('problem' in located) throw unreadable(where, located.problem);
      return readFile(located.real, where, limits.maxBytes, atMost);
    },
  };
}

/**
 * A file's size and when it changed last, its permissions and name included: a copy that kept the time of its original is
 * another file.
 */
export async function stampOf(path: string): Promise<Stamp> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path);
    return { bytes: size, modified: Math.max(mtimeMs, ctimeMs) };
  } catch {
    return { bytes: -1, modified: Date.now() };
  }
}

async function readFile(
  real: string,
  where: string,
  maxBytes: number,
  atMost = maxBytes,
): Promise<Uint8Array> {
  const file = await open(real).catch((cause: NodeJS.ErrnoException) => {
    // Not this file's fault: no other could be opened either.
    if (cause.code === 'EMFILE' || cause.code === 'ENFILE') throw cause;
    throw fileError(where, 'a file that can be read', cause);
  });
  try {
    const { size } = await file.stat();
    if (size > maxBytes) {
      throw new DataError('LIMIT', {
        where,
        expected: `at most ${maxBytes} bytes`,
        received: `${size}`,
        fix: 'Make the picture smaller, or raise maxBytes.',
      });
    }
    const bytes = new Uint8Array(Math.min(size, atMost));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break; // it was cut off meanwhile
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

function unreadable(where: string, received: string): DataError {
  const expected = 'a file that can be read';
  return new DataError('NOT_FOUND', { where, expected, received, fix: 'Check the path.' });
}

function problemOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  return code === 'ELOOP' ? 'a link that leads back to itself' : message;
}
