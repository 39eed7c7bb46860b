import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { DataSplit } from '../dataset.js';
import { type IdxSplitOptions, idxSplit, isIdxFileName } from '../idxSplit.js';
import { defineSource } from '../source.js';
import { taskOf } from '../taskOf.js';
import { fileError } from './byteFile.js';
import { hashOfParts } from './hashOfParts.js';
import { readIdxFile } from './readIdx.js';

/** Of an unpacked file: EMNIST's largest takes 547 MB. */
const MOST_BYTES = 2 ** 30;

/**
 * The pictures of a folder that holds the four IDX files of a data set in MNIST's format, packed or not.
 *
 * @param options As of `idxSplit`; `name` is the folder's own name unless it is given.
 * @throws DataError `NOT_FOUND` when there is no such folder, `PERMISSION` when it can't be read; otherwise as `idxSplit`.
 *
 * @example
 * const { train, test } = await readIdxFolder('mnist', { classNames });
 */
export async function readIdxFolder(directory: string, options: IdxSplitOptions = {}): Promise<DataSplit> {
  const { name = nameOf(directory), maxBytes = MOST_BYTES } = options;
  const files = await Promise.all(
    (await idxFilesIn(directory))
      // Others stay unread: their names are for the message that one of the four is missing.
      .map(async (name) => ({
        name: join(directory, name),
        bytes: isIdxFileName(name) ? await readIdxFile(join(directory, name), maxBytes) : new Uint8Array(0),
      })),
  );
  return idxSplit(files, { where: directory, ...options, maxBytes, name });
}

/** Where torchvision keeps what it has downloaded. */
const RAW = 'raw';

/**
 * The paths of a folder's files. Where no IDX file is among them, also of those in folders that are called as such files are, as some
 * unpackers make them, and in `raw`; beside such files, folders are left alone.
 *
 * @throws DataError `NOT_FOUND` when there is no such folder, `PERMISSION` when it can't be read.
 */
export async function idxFilesIn(directory: string): Promise<string[]> {
  const entries = await entriesOf(directory);
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  if (files.some(isIdxFileName)) return files;
  const folders = entries.filter(
    (entry) => entry.isDirectory() && (isIdxFileName(entry.name) || entry.name === RAW),
  );
  const inside = await Promise.all(
    folders.map(async ({ name: folder }) => {
      const found = await entriesOf(join(directory, folder));
      return found.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
    }),
  );
  return [...files, ...inside.flat().filter(isIdxFileName)];
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw fileError(directory, 'a folder of IDX files that can be read', cause);
  });
  return entries.filter(({ name }) => !name.startsWith('.'));
}

/** The folder's own name: which pictures, not where they are. */
function nameOf(directory: string): string {
  return basename(resolve(directory));
}

/**
 * A row of the source `idx`, which `loadSource` loads: the folder `path`, and the data set's `dataName` and `classNames` where they
 * are not the folder's name and the numbers from 0; `set` names one of EMNIST's sets where there are several.
 */
export const idxSource = defineSource({
  name: 'idx',
  parameters: v.strictObject({
    path: v.pipe(v.string(), v.nonEmpty()),
    dataName: v.optional(v.pipe(v.string(), v.nonEmpty())),
    classNames: v.optional(v.array(v.string())),
    set: v.optional(v.string()),
  }),
  load: async ({ path, dataName = nameOf(path), classNames, set }) => {
    const split = await readIdxFolder(path, { name: dataName, classNames, set });
    return { ...split, task: taskOf(split, { name: dataName, sha256: hashOfParts(split) }) };
  },
});
