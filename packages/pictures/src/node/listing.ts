import { createHash } from 'node:crypto';
import {
  DataError,
  judgedParts,
  type LoadedData,
  type PassedOver,
  type PictureSource,
  type RawPicture,
  type Step,
} from '@residual/data';
import * as v from 'valibot';
import { color, grey, stretch } from '../steps.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import { factsOf, normalizationOfFacts, type PictureFacts } from './pictureFacts.js';

export type Part = 'train' | 'validation' | 'test';

/** Which files are pictures of which class, before any is read. */
export interface Listing {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  readonly pictures: readonly { readonly path: string; readonly label: number; readonly part: Part }[];
  readonly passedOver: readonly PassedOver[];
}

/** As many as libuv's pool decodes at a time; more would only take memory. */
const AT_A_TIME = 4;

const side = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)));

/** What every source of picture files can be told. */
export const listingParameters = {
  path: v.pipe(v.string(), v.nonEmpty()),
  /** Default: the own name of the folder or file. */
  dataName: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Of the pictures that the network sees; one alone makes squares. Default: see `sizeFor`. */
  height: side,
  width: side,
};

/** The side of the squares that pictures become where nobody says another: by the median of their shorter sides. */
export function sizeFor(median: number): number {
  return median < 96 ? 64 : 128;
}

/**
 * Reads every picture of a listing once, to know what it is and that it can be decoded; what can't is passed over. Later each is read
 * when it is needed, again from its file.
 *
 * @throws DataError `FORMAT` when fewer than two classes are left, or one has no picture to train on.
 */
export async function loadListing(
  files: Files,
  listing: Listing,
  { dataName = files.name, height, width }: { dataName?: string; height?: number; width?: number },
): Promise<LoadedData> {
  requireClasses(files, listing);
  const { classNames } = listing;
  const facts: (PictureFacts | undefined)[] = new Array(listing.pictures.length);
  const passedOver = [...listing.passedOver];
  const broken: PassedOver[] = [];
  await inTurns(listing.pictures.length, async (i) => {
    const { path } = listing.pictures[i]!;
    try {
      facts[i] = await factsOf(files, path);
    } catch (error) {
      broken[i] = { file: path, reason: reasonOf(error) };
    }
  });
  passedOver.push(...Object.values(broken)); // in the listing's order
  const found = listing.pictures.flatMap((picture, i) =>
    facts[i] === undefined ? [] : [{ ...picture, ...facts[i] }],
  );
  requirePictures(files, listing, found, passedOver);

  const source = (part: Part): PictureSource | undefined => {
    const pictures = found.filter((picture) => picture.part === part);
    return pictures.length === 0
      ? undefined
      : sourceOfPictures(files, pictures, `${dataName}/${part}`, classNames);
  };
  const { judgedBy, ...parts } = judgedParts({
    train: source('train')!,
    validation: source('validation'),
    test: source('test'),
  });
  const sides = Uint32Array.from(found, ({ shortSide }) => shortSide).sort();
  const size = sizeFor(sides[sides.length >> 1]!);
  const picture = { height: height ?? width ?? size, width: width ?? height ?? size };
  const isGrey = found.every((one) => one.isGrey);
  const steps: Step[] = [isGrey ? grey() : color(), stretch(picture)];
  return {
    ...parts,
    task: {
      version: 1,
      picture: { ...picture, channels: isGrey ? 1 : 3 },
      steps,
      normalize: normalizationOfFacts(
        found.filter(({ part }) => part === 'train'),
        isGrey ? 1 : 3,
      ),
      classNames,
      data: { name: dataName, sha256: identityOf(found, classNames) },
    },
    report: { passedOver, test: judgedBy },
  };
}

type Found = Listing['pictures'][number] & PictureFacts;

/** Why a file is no picture to train on. What no other file would do better with is thrown: no memory, no sharp. */
function reasonOf(error: unknown): string {
  const { name, code, expected, received } = error as DataError;
  const isOfFile =
    (name === 'PicturesError' && ['PICTURE', 'FILE', 'MISMATCH'].includes(code)) || name === 'DataError';
  if (!isOfFile) throw error;
  return `expected ${expected}, received ${received}`;
}

function sourceOfPictures(
  files: Files,
  pictures: readonly Found[],
  name: string,
  classNames: readonly string[],
): PictureSource {
  const Type =
    classNames.length <= 256 ? Uint8Array : classNames.length <= 65_536 ? Uint16Array : Uint32Array;
  const paths = pictures.map(({ path }) => path);
  return {
    name,
    length: pictures.length,
    labels: Type.from(pictures.map(({ label }) => label)),
    classNames,
    async read(indices) {
      const read: RawPicture[] = new Array(indices.length);
      await inTurns(indices.length, async (i) => {
        const path = paths[indices[i]!]!;
        read[i] = await decodePicture(await files.read(path), { where: `${files.where}: ${path}` });
      });
      return read;
    },
  };
}

/** Runs a task for each number below `count`, some at a time. */
async function inTurns(count: number, run: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count) }, worker));
}

/** SHA-256 of what is learnt from: each picture's part, class and bytes, in order; neither paths nor names. */
function identityOf(pictures: readonly Found[], classNames: readonly string[]): string {
  const hash = createHash('sha256');
  for (const { part, label, hash: picture } of pictures) {
    hash.update(`${part}\0${classNames[label]}\0`).update(picture);
  }
  return hash.digest('hex');
}

function requireClasses({ where }: Files, { classNames, passedOver }: Listing): void {
  if (classNames.length >= 2) return;
  throw new DataError('FORMAT', {
    where,
    expected: 'at least two classes',
    received: classNames.length === 0 ? `none${examples(passedOver)}` : `only '${classNames[0]}'`,
    fix: 'Make a folder for each class with its pictures in it, or a CSV of path,label.',
  });
}

function requirePictures(
  { where }: Files,
  { classNames }: Listing,
  found: readonly Found[],
  passedOver: readonly PassedOver[],
): void {
  const counts = new Uint32Array(classNames.length);
  for (const { part, label } of found) if (part === 'train') counts[label]!++;
  const empty = classNames.filter((_, label) => counts[label] === 0);
  if (empty.length === 0) return;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const named = empty
    .slice(0, 8)
    .map((name) => `'${name}'`)
    .join(', ');
  throw new DataError('FORMAT', {
    where,
    expected: `at least one picture to train on for each of ${classNames.length} classes`,
    received: `${total} in all and none for ${named}${empty.length > 8 ? ' and others' : ''}${examples(passedOver)}`,
    fix: 'Add pictures, or remove the class.',
  });
}

/** What was passed over, in an error that it may explain. */
function examples(passedOver: readonly PassedOver[]): string {
  if (passedOver.length === 0) return '';
  const [first] = passedOver;
  const more = passedOver.length === 1 ? '' : `, and ${passedOver.length - 1} more`;
  return ` (passed over: ${first!.file}: ${first!.reason}${more})`;
}
