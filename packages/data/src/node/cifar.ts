import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { type CifarRelease, cifarPictures, cifarReleases } from '../cifar.js';
import { DataError } from '../error.js';
import { defineSource, type LoadedData } from '../source.js';
import { taskOf } from '../taskOf.js';
import { ByteFile, fileError } from './byteFile.js';
import { hashOfParts } from './hashOfParts.js';

/** A batch of 10,000 takes 30 MB, CIFAR-100's 50,000 take 154. */
const MOST_BYTES = 2 ** 30;
/** What the releases' archives unpack to. */
const FOLDERS = ['cifar-10-batches-bin', 'cifar-100-binary'];

const parameters = v.strictObject({
  path: v.pipe(v.string(), v.nonEmpty()),
  classNames: v.optional(v.array(v.string())),
});

/**
 * A row of the source `cifar10`: the folder `path` with the binary version's `data_batch_1.bin` to `data_batch_5.bin` and
 * `test_batch.bin`, the folder around it, or one of the files. Class names come from `batches.meta.txt`, where it is.
 */
export const cifar10Source = defineSource({
  name: 'cifar10',
  parameters,
  load: ({ path, classNames }) => load(path, cifarReleases.cifar10, classNames),
});

/** A row of the source `cifar100`: likewise, with `train.bin`, `test.bin` and the names of `fine_label_names.txt`; 100 fine classes. */
export const cifar100Source = defineSource({
  name: 'cifar100',
  parameters,
  load: ({ path, classNames }) => load(path, cifarReleases.cifar100, classNames),
});

/** Which release the files of these names are; undefined for others. */
export function cifarReleaseOf(names: readonly string[]): CifarRelease | undefined {
  return Object.values(cifarReleases).find(({ train, test }) =>
    [...train, ...test].some((name) => names.includes(name)),
  );
}

async function load(
  path: string,
  release: CifarRelease,
  given: readonly string[] | undefined,
): Promise<LoadedData> {
  const folder = await folderOf(path, release);
  const there = await namesIn(folder);
  for (const file of [...release.train, ...release.test]) {
    if (!there.includes(file)) throw missing(folder, file, there);
  }
  const classNames =
    given ?? (there.includes(release.classNames) ? await names(folder, release) : numbers(release));
  const read = async (files: readonly string[], part: string) => {
    const contents = [];
    for (const file of files) {
      const name = join(folder, file);
      contents.push({ name, bytes: await (await ByteFile.at(name, 'a file of CIFAR')).whole(MOST_BYTES) });
    }
    return cifarPictures(contents, release, { name: `${release.name}/${part}`, classNames });
  };
  const parts = { train: await read(release.train, 'train'), test: await read(release.test, 'test') };
  return { ...parts, task: taskOf(parts, { name: release.name, sha256: hashOfParts(parts) }) };
}

/** The folder of the files: `path` itself, that of the file it names, or the one in it that the release's archive has. */
async function folderOf(path: string, { train, test }: CifarRelease): Promise<string> {
  if ([...train, ...test].includes(basename(path))) return dirname(resolve(path));
  const there = await namesIn(path);
  const inside = FOLDERS.find((name) => there.includes(name));
  const isHere = [...train, ...test].some((name) => there.includes(name));
  return isHere || inside === undefined ? path : join(path, inside);
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause) => {
    throw fileError(folder, "a folder with CIFAR's binary files", cause);
  });
}

async function names(folder: string, { classNames, classes }: CifarRelease): Promise<string[]> {
  const path = join(folder, classNames);
  const file = await ByteFile.at(path, 'class names, one a line');
  const lines = new TextDecoder().decode(await file.whole(2 ** 20)).split(/\r?\n/);
  const read = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (read.length === classes) return read;
  throw new DataError('FORMAT', {
    where: path,
    expected: `${classes} class names, one a line`,
    received: `${read.length}`,
    fix: 'Download the file again, or remove it: classes are called by their numbers then.',
  });
}

function numbers({ classes }: CifarRelease): string[] {
  return Array.from({ length: classes }, (_, i) => String(i));
}

function missing(folder: string, file: string, there: readonly string[]): DataError {
  return new DataError('NOT_FOUND', {
    where: folder,
    expected: `a file ${file}`,
    received: there.slice(0, 8).join(', ') || 'no file',
    fix: 'Unpack the whole binary version of the data set there.',
  });
}
