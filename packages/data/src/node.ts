import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { DataSplit } from './dataset.js';
import { DataError } from './error.js';
import { type IdxSplitOptions, idxSplit, isIdxFileName } from './idxSplit.js';
import { defineSource } from './source.js';
import { taskOf } from './taskOf.js';

/**
 * The pictures of a folder that holds the four IDX files of a data set in MNIST's format, packed or not. Folders of the same
 * names, as some unpackers make them, are left alone.
 *
 * @param options As of `idxSplit`; `name` is the folder's own name unless it is given.
 * @throws DataError `NOT_FOUND` when there is no such folder, or it can't be read; otherwise as `idxSplit`.
 *
 * @example
 * const { train, test } = await readIdxFolder('mnist', { classNames });
 */
export async function readIdxFolder(directory: string, options: IdxSplitOptions = {}): Promise<DataSplit> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(
      'NOT_FOUND',
      {
        where: directory,
        expected: 'a folder of IDX files that can be read',
        received: REASONS[cause.code ?? ''] ?? cause.message,
        fix: 'Check the path.',
      },
      { cause },
    );
  });
  const named = entries.filter((entry) => isIdxFileName(entry.name));
  const paths = named.filter((entry) => !entry.isDirectory()).map(({ name }) => join(directory, name));
  const files = await Promise.all(paths.map(async (name) => ({ name, bytes: await readFile(name) })));
  return idxSplit(files, { where: directory, ...options, name: options.name ?? nameOf(directory) });
}

const REASONS: Record<string, string> = {
  ENOENT: 'nothing of that name',
  ENOTDIR: 'a file',
  EACCES: 'one without permission to read it',
  EPERM: 'one without permission to read it',
};

/** The folder's own name: which pictures, not where they are. */
function nameOf(directory: string): string {
  return basename(resolve(directory));
}

/**
 * A row of the source `idx`, which `loadSource` loads: the folder `path`, and the data set's `dataName` and `classNames` where they
 * are not the folder's name and the numbers from 0. Its task normalizes by the mean and deviation of the training pictures.
 */
export const idxSource = defineSource({
  name: 'idx',
  parameters: v.strictObject({
    path: v.pipe(v.string(), v.nonEmpty()),
    dataName: v.optional(v.pipe(v.string(), v.nonEmpty())),
    classNames: v.optional(v.array(v.string())),
  }),
  load: async ({ path, dataName = nameOf(path), classNames }) => {
    const split = await readIdxFolder(path, { name: dataName, classNames });
    return { ...split, task: taskOf(split, { name: dataName }) };
  },
});
