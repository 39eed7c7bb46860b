import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  DataError,
  definedSources,
  type LoadedData,
  type LoadOptions,
  loadSource,
  type PassedOver,
  type Piece,
  type Task,
} from '@residual/data';
import { findModel, type ModelRow } from '@residual/models';
import '@residual/models/family';
import '@residual/weights/family';
import { sourceOf } from '@residual/pictures/node';
import { photos, recipes } from '@residual/recipes';
import type { Recipe } from '@residual/runs';
import { defaultSource } from './defaults.js';
import { CommandError } from './error.js';
import { listed, oneOf } from './format.js';

/**
 * The network of this name: one of `@residual/models`, or one that an import defined.
 *
 * @param where the option or argument that named it, for the error
 * @param version of one that an import defined. Default: the newest
 * @throws CommandError `USAGE` listing the networks there are.
 */
export function modelNamed(name: string, where: string, version?: number): ModelRow {
  try {
    return findModel(name, version);
  } catch (cause) {
    const reason = cause instanceof Error && 'fix' in cause ? String(cause.fix) : 'Correct the name.';
    const fix = `${reason} Here that is --import FILE.`;
    throw new CommandError('USAGE', { where, expected: 'a known network', received: name, fix }, { cause });
  }
}

/**
 * The recipe of this name, but for `photos`, which pictures decide; undefined for `auto`.
 *
 * @throws CommandError `USAGE` telling what each recipe is.
 */
export function recipeNamed(name = 'auto', where = '--recipe'): Recipe | undefined {
  const all: Recipe[] = Object.values(recipes);
  const found = all.find((recipe) => recipe.name === name);
  if (found !== undefined || name === 'auto') return found;
  const listed = [...all, photos];
  throw new CommandError('USAGE', {
    where,
    expected: oneOf(['auto', ...listed.map((recipe) => recipe.name)]),
    received: name,
    fix: listed.map((recipe) => `${recipe.name}: ${recipe.summary}.`).join(' '),
  });
}

/**
 * The row of what `--data` names: a folder or file of pictures, by its whole path, or a source that is defined.
 *
 * @throws CommandError `USAGE` when it is neither; DataError when nothing there can be read as pictures, with what was found.
 */
export async function sourceNamed(what?: string): Promise<Piece> {
  if (what === undefined) return defaultSource;
  const isThere = await stat(what).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT', // what may not be read is there
  );
  if (isThere) return sourceOf(resolve(what));
  if (what === defaultSource.name) return defaultSource;
  // Of several versions the newest.
  const found = definedSources()
    .filter(({ name }) => name === what)
    .sort((a, b) => (b.version ?? 0) - (a.version ?? 0))[0];
  if (found !== undefined) {
    const { name, version } = found;
    return { name, ...(version !== undefined && { version }) };
  }
  const names = [...new Set(definedSources().map(({ name }) => name))];
  throw new CommandError('USAGE', {
    where: '--data',
    expected: `a folder or file of pictures, or the name of a source of them (${oneOf(names)})`,
    received: what,
    fix: 'Check the path; a source of your own comes in by --import FILE.',
  });
}

/**
 * Loads what a row of a source describes.
 *
 * @param where the file or option that named it
 * @param options as of `loadSource`
 * @throws CommandError `USAGE` when nothing defines it; what the source throws.
 */
export async function loadPictures(source: Piece, where: string, options: LoadOptions): Promise<LoadedData> {
  try {
    return await loadSource(source, options);
  } catch (cause) {
    if (!(cause instanceof DataError && cause.code === 'NOT_REGISTERED')) throw cause;
    const { expected, received } = cause;
    const fix = 'Import the file that defines it with defineSource of @residual/data: --import FILE.';
    throw new CommandError('USAGE', { where, expected, received, fix }, { cause });
  }
}

/**
 * Loads what a run was trained on, from where it lay then.
 *
 * @throws as `loadPictures`; where nothing is there, with how to name its new place.
 */
export async function loadRecorded(source: Piece, where: string, options: LoadOptions): Promise<LoadedData> {
  try {
    return await loadPictures(source, where, options);
  } catch (cause) {
    if (!(cause instanceof DataError && cause.code === 'NOT_FOUND' && cause.where === source.path))
      throw cause;
    const fix = `If the pictures have been moved, name their new place: --data ${basename(cause.where)}.`;
    throw new DataError(
      'NOT_FOUND',
      { where: cause.where, expected: cause.expected, received: cause.received, fix },
      { cause },
    );
  }
}

/** How to load pictures for a task that is known: as its own steps want them. */
export function fitOf({ picture, steps }: Task): LoadOptions {
  return { fit: () => ({ picture, steps }) };
}

/** How many files are named of those that are passed over, or of which something is said. */
const NAMED = 5;

/** What somebody should know of the pictures before a run begins. */
export function remarksOn({ report }: LoadedData): string[] {
  if (report === undefined) return [];
  const { passedOver, noted = [] } = report;
  const left = passedOverTexts(passedOver);
  const reasons = listed(left, NAMED, { separator: '; ', others: 'other reasons' });
  return [
    ...(left.length === 0 ? [] : [`Passed over ${passedOver.length}: ${reasons}.`]),
    ...noted.map(({ note, files }) => `${files.length} ${note}: ${listed(files, NAMED)}.`),
  ];
}

/** What somebody should know where a run's pictures are no longer what they were: of those to train on a checkpoint knows too, of others nothing. */
export function remarksOnChange({ data: before }: Task, { task: { data } }: LoadedData): string[] {
  if (before.sha256 === undefined || data.sha256 === undefined || before.sha256 === data.sha256) return [];
  return [
    `The pictures of ${data.name} are not those that the run began with: some are gone, changed, or in another order. Its figures are of those that are left.`,
  ];
}

/** What was passed over: some files for each reason. */
export function passedOverTexts(passedOver: readonly PassedOver[]): string[] {
  return [...filesByReason(passedOver)].map(([reason, files]) => `${listed(files, NAMED)} (${reason})`);
}

/** The files of each reason, in their order. */
export function filesByReason(passedOver: readonly PassedOver[]): Map<string, string[]> {
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of passedOver) {
    const files = byReason.get(reason);
    if (files === undefined) byReason.set(reason, [file]);
    else files.push(file);
  }
  return byReason;
}
