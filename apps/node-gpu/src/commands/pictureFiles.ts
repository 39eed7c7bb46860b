import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PassedOver } from '@residual/data';
import { firstBytes } from '@residual/data/node';
import { otherKind, pictureKind, TELLING } from '@residual/pictures';
import { folderFiles } from '@residual/pictures/node';
import { CommandError } from '../error.js';
import { passedOverTexts } from '../named.js';
import { warn } from '../output.js';

/**
 * The files that `predict` was given, one after the other: a folder's with those of the folders inside it, in natural order, without
 * hidden ones; for `-` one a line of stdin.
 *
 * @throws CommandError `FILE` for a folder without a picture.
 */
export async function* pictureFiles(given: readonly string[]): AsyncGenerator<string, void, undefined> {
  for (const path of given) {
    if (path === '-') yield* linesOf(process.stdin);
    else if (await isFolder(path)) yield* filesIn(path);
    else yield path;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false, // reading it says why
  );
}

/** Other files in a folder are passed over, as a folder may hold a table or notes beside its pictures. */
async function* filesIn(path: string): AsyncGenerator<string, void, undefined> {
  const { paths, passedOver } = await (await folderFiles(path)).list();
  const others: PassedOver[] = [...passedOver];
  let count = 0;
  for (const file of paths) {
    const other = await otherThanPicture(join(path, file));
    if (other !== undefined) others.push({ file, reason: other });
    else {
      count++;
      yield join(path, file);
    }
  }
  for (const text of passedOverTexts(others)) warn(`Passed over in ${path}: ${text}.`);
  if (count > 0) return;
  throw new CommandError('FILE', {
    where: path,
    expected: 'a folder with pictures in it',
    received: 'one without',
    fix: 'Check the path.',
  });
}

/** What a file is, where neither its content nor its name says that it's a picture that is read. */
async function otherThanPicture(path: string): Promise<string | undefined> {
  if (/\.(png|jpe?g|webp|gif|avif)$/i.test(path)) return undefined;
  const bytes = await firstBytes(path, TELLING).catch(() => undefined); // decoding it says why
  if (bytes === undefined || pictureKind(bytes) !== undefined) return undefined;
  const kind = otherKind(bytes);
  return kind === undefined ? 'no picture' : `${kind.what}: ${kind.fix.replace(/\.$/, '')}`;
}

async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string, void, undefined> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== '') yield line;
  }
}

/**
 * Groups of up to `size`, in order. A group is given when it is full, or as soon as the next one isn't there at once: who writes one
 * line and waits for its answer gets it.
 */
export async function* inGroups<T>(
  items: AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  let group: T[] = [];
  next.catch(() => {}); // thrown below, when its turn comes
  for (;;) {
    const isThere = await Promise.race([
      next.then(
        () => true,
        () => false,
      ),
      soon(),
    ]);
    if (group.length > 0 && (!isThere || group.length === size)) {
      yield group;
      group = [];
      continue;
    }
    const { done, value } = await next;
    if (done) break;
    group.push(value);
    next = iterator.next();
    next.catch(() => {});
  }
  if (group.length > 0) yield group;
}

/** False, after what is ready now has been dealt with. */
function soon(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}
