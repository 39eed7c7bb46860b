import { basename, dirname } from 'node:path';
import { compareNaturally, DataError, defineSource, type PassedOver } from '@residual/data';
import * as v from 'valibot';
import type { PackPart } from '../pack/packIndex.js';
import { type CsvLine, linesOf } from './csvLines.js';
import { type Files, folderFiles } from './files.js';
import { type ListedPicture, ListedPictures, type Listing } from './listed.js';
import { listingParameters, loadListing } from './listing.js';

/**
 * A row of the source `csv`: the file `path` has lines of path,label, and of a part (train, val, test) where there is a third column
 * or one named `split`. Paths are relative to the file's folder. A first line of column names may be left out. `dataName`, where
 * it's not the file's name; `height` and `width`, the size that pictures are stretched to. Classes are in natural order,
 * pictures in the file's.
 *
 * @example
 * const { train, test, task, report } = await loadSource(csvSource({ path: 'photos/labels.csv' }));
 */
export const csvSource = defineSource({
  name: 'csv',
  parameters: v.strictObject(listingParameters),
  load: async ({ path, dataName = basename(path).replace(/\.[^.]+$/, ''), ...fields }, options) => {
    const files = await folderFiles(dirname(path), fields);
    return loadListing(files, await csvListing(files, basename(path)), { dataName, ...fields }, options);
  },
});

/**
 * Lists the pictures that a CSV file names, in its order.
 *
 * @param csv Its path in `files`; the paths in it are relative to its folder.
 * @throws DataError naming the file and line: `FORMAT` when it's no CSV in UTF-8, names no known part, or gives one picture two
 *   classes; `LIMIT` for a line or file that is too long; `UNSAFE` for a path that leaves the folder.
 */
export async function csvListing(files: Files, csv: string): Promise<Listing> {
  const where = `${files.where}/${csv}`;
  const lines = linesOf(await files.read(csv), where);
  const folder = csv.includes('/') ? csv.slice(0, csv.lastIndexOf('/') + 1) : '';
  const passedOver: PassedOver[] = [];
  const listed = new Map<string, CsvLine>();
  for (const line of lines) {
    const path = folder + line.path;
    const before = listed.get(path);
    const unlabelled = line.label === '' ? 'no label' : undefined;
    const problem = unlabelled ?? (before ? twice(before, line, where) : await files.problem(path));
    if (problem === undefined) listed.set(path, line);
    else passedOver.push({ file: line.path, reason: `${csv} line ${line.number}: ${problem}` });
  }
  const classNames = [...new Set([...listed.values()].map(({ label }) => label))].sort(compareNaturally);
  // Where one line names a part, those that don't are to train on.
  const unsaid: PackPart = [...listed.values()].some(({ part }) => part !== undefined) ? 'train' : '';
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  function* pictures(): Iterable<ListedPicture> {
    for (const [path, { label, part = unsaid }] of listed) yield { path, label: numbers.get(label)!, part };
  }
  return {
    classNames,
    pictures: new ListedPictures(listed.size, pictures()),
    passedOver,
  };
}

/** How many lines of a CSV are looked at to see whether it names files. */
const FIRST_LINES = 20;

/**
 * The CSV at the top, or inside the one folder that is there, whose first lines name files beside or below it; undefined where there
 * is none.
 *
 * @throws DataError `ARGUMENT` when there are several.
 */
export async function onlyCsv(files: Files): Promise<string | undefined> {
  const { paths } = await files.list();
  const top = new Set(paths.map((path) => path.slice(0, path.indexOf('/') + 1)));
  const base = top.size === 1 ? [...top][0]! : '';
  const tables = paths.filter(
    (path) => /\.(csv|tsv)$/i.test(path) && path.startsWith(base) && !path.slice(base.length).includes('/'),
  );
  const naming: string[] = [];
  for (const table of tables) if (await namesFiles(files, table, base)) naming.push(table);
  if (naming.length < 2) return naming[0];
  throw new DataError('ARGUMENT', {
    where: files.where,
    expected: 'one CSV file that names the pictures',
    received: naming.slice(0, 8).join(', '),
    fix: 'Name one of them, or join them to one with a third column for the part.',
  });
}

async function namesFiles(files: Files, csv: string, folder: string): Promise<boolean> {
  try {
    for (const { path } of linesOf(await files.read(csv), csv, FIRST_LINES)) {
      if ((await files.problem(folder + path)) === undefined) return true;
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error; // a table of something else
  }
  return false;
}

/** Of a picture that is named again: harmless, unless it would be learnt as two things. */
function twice(before: CsvLine, line: CsvLine, where: string): string {
  if (before.label === line.label && before.part === line.part) return `as in line ${before.number}`;
  throw new DataError('FORMAT', {
    where: `${where}: line ${line.number}`,
    expected: `${line.path} as in line ${before.number}: ${said(before)}`,
    received: said(line),
    fix: 'Give each picture one class and one part.',
  });
}

function said({ label, part }: CsvLine): string {
  return part === undefined ? label : `${label}, ${part}`;
}
