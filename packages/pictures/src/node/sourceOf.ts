import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError, isIdxFileName, type Piece } from '@residual/data';
import {
  cifar10Source,
  cifar100Source,
  cifarReleaseOf,
  fileError,
  firstBytes,
  idxFilesIn,
  idxSource,
  npzSource,
  ZipArchive,
} from '@residual/data/node';
import { csvSource, onlyCsv } from './csv.js';
import { folderFiles, isHidden } from './files.js';
import { folderSource } from './folder.js';
import { SHARDS_FILE } from './shardFormat.js';
import { shardsSource } from './shards.js';
import { zipSource } from './zip.js';

const READ =
  'a folder with a folder of pictures for each class, a CSV of path,label, a zip archive of either, the IDX files of a data ' +
  "set in MNIST's format, the binary files of CIFAR-10 or CIFAR-100, an .npz with train_images and train_labels, or shards";

/** Files that are something else, by their first bytes: what they are, and what to do. */
const OTHERS: readonly (readonly [bytes: readonly number[], what: string, fix: string])[] = [
  [[0x1f, 0x8b], 'a gzip file', 'Unpack it and give the folder.'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7z archive', 'Unpack it and give the folder.'],
  [[0x52, 0x61, 0x72, 0x21], 'a RAR archive', 'Unpack it and give the folder.'],
  [[0x42, 0x5a, 0x68], 'a bzip2 file', 'Unpack it and give the folder.'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file', 'Save its pictures as files, and a CSV of path,label.'],
  [[0x89, 0x50, 0x4e, 0x47], 'one picture', 'Give the folder that holds a folder for each class.'],
  [[0xff, 0xd8, 0xff], 'one picture', 'Give the folder that holds a folder for each class.'],
];
/** How many bytes tell what a file is. */
const TELLING = 512;
/** The first entry's header, or the end of an empty archive. */
const ZIP = [
  [0x50, 0x4b, 3, 4],
  [0x50, 0x4b, 5, 6],
];
/** Of a zip archive's entries that are looked at for arrays. */
const MOST_BYTES = 2 ** 32;

/**
 * Looks at what a path holds, content before names, and says which source reads it.
 *
 * @returns a row for `loadSource`.
 * @throws DataError `FORMAT` when none does, with what was found; `NOT_FOUND` or `PERMISSION` when the path can't be read; `ARGUMENT`
 *   when two CSV files could be meant.
 *
 * @example
 * const { train, test, task } = await loadSource(await sourceOf('photos'));
 */
export async function sourceOf(path: string): Promise<Piece> {
  const facts = await stat(path).catch((cause) => {
    throw fileError(path, 'a folder or file of pictures', cause);
  });
  return facts.isDirectory() ? ofFolder(path) : ofFile(path, facts.isFile());
}

async function ofFolder(path: string): Promise<Piece> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
    throw fileError(path, 'a folder that can be read', cause);
  });
  const shown = entries.filter(({ name }) => !isHidden(name));
  const names = shown.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  if (names.includes(SHARDS_FILE)) return shardsSource({ path });
  if ((await idxFilesIn(path)).some(isIdxPart)) return idxSource({ path });
  const release = cifarReleaseOf(names);
  if (release !== undefined) return cifarRow(release.name, path);
  for (const [folder, name] of [
    ['cifar-10-batches-bin', 'cifar10'],
    ['cifar-100-binary', 'cifar100'],
  ] as const) {
    if (shown.some((entry) => entry.name === folder)) return cifarRow(name, path);
  }
  const table = await onlyCsv(await folderFiles(path));
  if (table !== undefined) return csvSource({ path: join(path, table) });
  if (shown.some((entry) => entry.isDirectory())) return folderSource({ path });
  const arrays = names.filter((name) => /\.npz$/i.test(name));
  if (arrays.length === 1) return npzSource({ path: join(path, arrays[0]!) });
  const links: string[] = [];
  for (const entry of shown.filter((one) => one.isSymbolicLink())) {
    const target = await stat(join(path, entry.name)).catch(() => undefined); // it leads to nothing
    if (target?.isDirectory()) links.push(entry.name);
  }
  if (links.length > 0) {
    const fix = 'Put the folders themselves there, or a CSV that names their pictures.';
    throw nothing(path, `links to folders (${some(links)}), which are not followed`, fix);
  }
  // A table is one of these where it names no file that is here; it says so itself.
  const others = names.filter((name) => /\.(zip|npz|csv|tsv)$/i.test(name));
  throw nothing(
    path,
    names.length === 0 ? 'an empty folder' : `a folder with ${some(names)}`,
    others.length > 0 ? `Name one of them: ${join(path, others[0]!)}.` : 'Make a folder for each class.',
  );
}

/** Not the names of its classes. */
const isIdxPart = (name: string) => isIdxFileName(name) && !name.endsWith('mapping.txt');

async function ofFile(path: string, isFile: boolean): Promise<Piece> {
  if (!isFile) throw nothing(path, 'neither a file nor a folder', 'Check the path.');
  const start = await firstBytes(path, TELLING).catch((cause) => {
    throw fileError(path, 'a file that can be read', cause);
  });
  const begins = (bytes: readonly number[]) => bytes.every((byte, i) => start[i] === byte);
  const name = basename(path);
  if (isIdxFileName(name)) return idxSource({ path: dirname(path) });
  if (ZIP.some(begins)) {
    const { names } = await ZipArchive.open(path, {
      maxBytes: MOST_BYTES,
      maxRatio: Number.POSITIVE_INFINITY,
    });
    const inside = names.map((entry) => basename(entry));
    if (inside.some(isIdxPart) || cifarReleaseOf(inside) !== undefined) {
      throw nothing(path, `a zip archive of ${some(inside)}`, 'Unpack it and give the folder.');
    }
    return names.length > 0 && names.every((entry) => entry.endsWith('.npy'))
      ? npzSource({ path })
      : zipSource({ path });
  }
  const release = cifarReleaseOf([name]);
  if (release !== undefined) return cifarRow(release.name, path);
  const other = OTHERS.find(([bytes]) => begins(bytes));
  if (other !== undefined) throw nothing(path, other[1], other[2]);
  if (start.length > 0 && !start.includes(0)) return csvSource({ path });
  throw nothing(
    path,
    start.length === 0 ? 'an empty file' : 'another kind of file',
    'Give the folder of the pictures.',
  );
}

function cifarRow(name: 'cifar10' | 'cifar100', path: string): Piece {
  return name === 'cifar10' ? cifar10Source({ path }) : cifar100Source({ path });
}

function nothing(where: string, received: string, fix: string): DataError {
  return new DataError('FORMAT', { where, expected: READ, received, fix });
}

function some(names: readonly string[]): string {
  const more = names.length > 8 ? `, and ${names.length - 8} more` : '';
  return `${names.slice(0, 8).join(', ')}${more}`;
}
