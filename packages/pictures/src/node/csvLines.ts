import { DataError, type Part } from '@residual/data';
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import { partOf } from './folder.js';

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

/** What a line says of a picture. */
export interface CsvLine {
  /** From 1. */
  readonly number: number;
  readonly path: string;
  readonly label: string;
  /** Undefined where the line doesn't say one. */
  readonly part: Part | undefined;
}

function text(bytes: Uint8Array, where: string): string {
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

/**
 * The lines of a CSV in UTF-8: path, label, and the part where there is one.
 *
 * @param where The file, for errors.
 * @param to How many lines are read. Default: all.
 * @throws DataError naming the line: `FORMAT`, `LIMIT`, `UNSAFE` as `csvListing`.
 */
export function linesOf(bytes: Uint8Array, where: string, to?: number): CsvLine[] {
  const records = recordsOf(text(bytes, where), where, to);
  const columns = columnsOf(records[0]?.record ?? []);
  return records.slice(columns.isNamed ? 1 : 0).map(({ record, info }) => {
    const [path = '', label = '', part] = [columns.path, columns.label, columns.part].map((at) => record[at]);
    const number = info.lines;
    return {
      number,
      path: insidePath(path, `${where}: line ${number}`),
      label: label.normalize('NFC'),
      part: part === undefined ? undefined : requirePart(part, `${where}: line ${number}`),
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
