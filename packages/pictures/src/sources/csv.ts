import { basename, dirname } from 'node:path';
import { compareNaturally, DataError, defineSource, type PassedOver } from '@residual/data';
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { type Files, folderFiles } from './files.js';
import { partOf } from './folder.js';
import { type Listing, listingParameters, loadListing, type Part } from './listing.js';

/** Of a whole file: a million lines and more. */
const MOST_BYTES = 64 * 2 ** 20;
/** Of a line. A path has at most 4,096 bytes. */
const MOST_LINE = 65_536;

/** What people call the columns; case does not matter. */
const COLUMNS = {
  path: [
    'path',
    'file',
    'filename',
    'file_name',
    'filepath',
    'file_path',
    'image',
    'image_path',
    'img',
    'picture',
  ],
  label: ['label', 'class', 'category', 'target', 'class_name', 'label_name', 'species', 'breed'],
  part: ['split', 'part', 'set', 'subset'],
} as const;

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
  load: async ({ path, dataName = basename(path).replace(/\.[^.]+$/, ''), ...options }) => {
    const files = await folderFiles(dirname(path));
    return loadListing(files, await csvListing(files, basename(path)), { dataName, ...options });
  },
});

interface Line {
  /** From 1. */
  readonly number: number;
  readonly path: string;
  readonly label: string;
  readonly part: Part;
}

/**
 * Lists the pictures that a CSV file names, in its order.
 *
 * @param csv Its path in `files`; the paths in it are relative to its folder.
 * @throws DataError naming the file and line: `FORMAT` when it's no CSV in UTF-8, names no known part, or gives one picture two
 *   classes; `LIMIT` for a line or file that is too long; `UNSAFE` for a path that leaves the folder.
 */
export async function csvListing(files: Files, csv: string): Promise<Listing> {
  const where = `${files.where}/${csv}`;
  const lines = linesOf(await text(files, csv, where), where);
  const folder = csv.includes('/') ? csv.slice(0, csv.lastIndexOf('/') + 1) : '';
  const passedOver: PassedOver[] = [];
  const listed = new Map<string, Line>();
  for (const line of lines) {
    const path = folder + line.path;
    const before = listed.get(path);
    const unlabelled = line.label === '' ? 'no label' : undefined;
    const problem = unlabelled ?? (before ? twice(before, line, where) : await files.problem(path));
    if (problem === undefined) listed.set(path, line);
    else passedOver.push({ file: line.path, reason: `${csv} line ${line.number}: ${problem}` });
  }
  const classNames = [...new Set([...listed.values()].map(({ label }) => label))].sort(compareNaturally);
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  return {
    classNames,
    pictures: [...listed].map(([path, { label, part }]) => ({ path, label: numbers.get(label)!, part })),
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
    for (const { path } of linesOf(await text(files, csv, csv), csv, FIRST_LINES)) {
      if ((await files.problem(folder + path)) === undefined) return true;
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error; // a table of something else
  }
  return false;
}

async function text(files: Files, csv: string, where: string): Promise<string> {
  const bytes = await files.read(csv);
  if (bytes.length > MOST_BYTES) {
    const received = `${bytes.length}`;
    throw new DataError('LIMIT', {
      where,
      expected: `at most ${MOST_BYTES} bytes`,
      received,
      fix: 'Divide the file.',
    });
  }
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    if (wide || bytes.includes(0)) throw new TypeError('not UTF-8');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // a mark at its beginning is left out
  } catch (cause) {
    const received = wide ? 'one in UTF-16' : 'another kind of file';
    throw new DataError(
      'FORMAT',
      { where, expected: 'a CSV file in UTF-8', received, fix: 'Save it as "CSV UTF-8".' },
      { cause },
    );
  }
}

/** @param to How many lines are read. Default: all. */
function linesOf(content: string, where: string, to?: number): Line[] {
  const records = recordsOf(content, where, to);
  const columns = columnsOf(records[0]?.record ?? []);
  return records.slice(columns.isNamed ? 1 : 0).map(({ record, info }) => {
    const [path = '', label = '', part] = [columns.path, columns.label, columns.part].map((at) => record[at]);
    const number = info.lines;
    return {
      number,
      path: insidePath(path, `${where}: line ${number}`),
      label: label.normalize('NFC'),
      part: part === undefined ? 'train' : requirePart(part, `${where}: line ${number}`),
    };
  });
}

interface Record {
  readonly record: readonly string[];
  readonly info: InfoRecord;
}

function recordsOf(content: string, where: string, to?: number): readonly Record[] {
  const first = content.slice(0, content.search(/[\r\n]|$/)).slice(0, MOST_LINE);
  const delimiter = [',', ';', '\t'].find((one) => first.includes(one)) ?? ',';
  try {
    return parse(content, {
      delimiter,
      to,
      info: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MOST_LINE,
    }) as unknown as Record[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const isLong = cause.code === 'CSV_MAX_RECORD_SIZE';
    const line = (cause as { lines?: number }).lines;
    throw new DataError(
      isLong ? 'LIMIT' : 'FORMAT',
      {
        where: line === undefined ? where : `${where}: line ${line}`,
        expected: isLong ? `at most ${MOST_LINE} characters` : 'a CSV file',
        received: isLong ? 'more' : cause.message.replace(/\.$/, ''),
        fix: isLong ? 'Check the quotes before it.' : 'Correct the line.',
      },
      { cause },
    );
  }
}

function columnsOf(first: readonly string[]): {
  isNamed: boolean;
  path: number;
  label: number;
  part: number;
} {
  const names = first.map((name) => name.toLowerCase());
  const find = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const [path, label, part] = [find(COLUMNS.path), find(COLUMNS.label), find(COLUMNS.part)];
  if (path < 0 && label < 0) return { isNamed: false, path: 0, label: 1, part: 2 };
  // One of the two is called as nobody expected: it's the first that is left.
  const other = [0, 1, 2].find((at) => at !== path && at !== label && at !== part)!;
  return { isNamed: true, path: path < 0 ? other : path, label: label < 0 ? other : label, part };
}

/** A path as written on any system, inside the folder. */
function insidePath(path: string, where: string): string {
  const names = path.replaceAll('\\', '/').split('/');
  if (!names.includes('..') && !path.startsWith('/') && !path.startsWith('\\') && !/^[a-z]:/i.test(path)) {
    return names.filter((name) => name !== '.' && name !== '').join('/');
  }
  throw new DataError('UNSAFE', {
    where,
    expected: "a path inside the CSV's own folder",
    received: JSON.stringify(path.slice(0, 80)),
    fix: 'Put the CSV into the folder that holds all pictures, and write paths from there on.',
  });
}

function requirePart(word: string, where: string): Part {
  const part = partOf(word);
  if (part !== undefined) return part;
  throw new DataError('FORMAT', {
    where,
    expected: 'train, val or test in the third column',
    received: JSON.stringify(word.slice(0, 40)),
    fix: 'Correct it, or leave the column out.',
  });
}

/** Of a picture that is named again: harmless, unless it would be learnt as two things. */
function twice(before: Line, line: Line, where: string): string {
  if (before.label === line.label && before.part === line.part) return `as in line ${before.number}`;
  throw new DataError('FORMAT', {
    where: `${where}: line ${line.number}`,
    expected: `${line.path} as in line ${before.number}: ${before.label}, ${before.part}`,
    received: `${line.label}, ${line.part}`,
    fix: 'Give each picture one class and one part.',
  });
}
