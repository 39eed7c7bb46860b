import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { DataSplit } from '../dataset.js';
import { type IdxSplitOptions, idxSplit, isIdxFileName } from '../idxSplit.js';
import { defineSource } from '../source.js';
import { taskOf } from '../taskOf.js';
import { fileError } from './byteFile.js';

/** Of an unpacked file: EMNIST's largest takes 547 MB. */
const MOST_BYTES = 2 ** 30;

/**
 * The pictures of a folder that holds the four IDX files of a data set in MNIST's format, packed or not. Folders of the same
 * names, as some unpackers make them, are left alone.
 *
 * @param options As of `idxSplit`; `name` is the folder's own name unless it is given.
 * @throws DataError `NOT_FOUND` when there is no such folder, `PERMISSION` when it can't be read; otherwise as `idxSplit`.
 *
 * @example
 * const { train, test } = await readIdxFolder('mnist', { classNames });
 */
export async function readIdxFolder(directory: string, options: IdxSplitOptions = {}): Promise<DataSplit> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw fileError(directory, 'a folder of IDX files that can be read', cause);
  });
  const files = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      // Others stay unread: their names are for the message that one of the four is missing.
      .map(async ({ name }) => ({
        name: join(directory, name),
        bytes: isIdxFileName(name) ? await readFile(join(directory, name)) : new Uint8Array(0),
      })),
  );
  const name = options.name ?? nameOf(directory);
  return idxSplit(files, { where: directory, maxBytes: MOST_BYTES, ...options, name });
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
    return { ...split, task: taskOf(split, { name: dataName }) };
  },
});
