import { createHash } from 'node:crypto';
import {
  DataError,
  judgedParts,
  type LoadedData,
  type LoadOptions,
  type PassedOver,
  type PictureSource,
  type RawPicture,
  type Survey,
  type Task,
} from '@residual/data';
import * as v from 'valibot';
import { color, grey, stretch } from '../steps.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import { inTurns } from './inTurns.js';
import { limitParameters } from './limits.js';
import { notedOf } from './notes.js';
import { PictureFacts } from './pictureFacts.js';
import { surveyOf } from './survey.js';

export type Part = 'train' | 'validation' | 'test';

/** Which files are pictures of which class, before any is read. */
export interface Listing {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  readonly pictures: readonly { readonly path: string; readonly label: number; readonly part: Part }[];
  readonly passedOver: readonly PassedOver[];
}

/** Behind transparent pixels of colour. */
const WHITE = 255;

const side = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)));

/** What every source of picture files can be told. */
export const listingParameters = {
  path: v.pipe(v.string(), v.nonEmpty()),
  /** Default: the own name of the folder or file. */
  dataName: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Of the pictures that the network sees; one alone makes squares. Default: see `sizeFor`. */
  height: side,
  width: side,
  ...limitParameters,
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
  { fit, onProgress, signal }: LoadOptions = {},
): Promise<LoadedData> {
  requireClasses(files, listing);
  const { classNames } = listing;
  const survey = await surveyOf(files, listing, { onProgress, signal });
  const chosen = fit !== undefined && survey.count > 0 ? fit(survey) : stretched(survey, { height, width });
  const facts = new PictureFacts(listing.pictures.length, chosen.picture.channels === 1 ? 'contrast' : WHITE);
  const broken: PassedOver[] = [];
  let done = 0;
  await inTurns(listing.pictures.length, async (i) => {
    signal?.throwIfAborted();
    const { path } = listing.pictures[i]!;
    try {
      await facts.read(i, files, path);
    } catch (error) {
      broken[i] = { file: path, reason: reasonOf(error) };
    }
    onProgress?.({ what: 'packing', done: ++done, total: listing.pictures.length });
  });
  const passedOver = [...listing.passedOver, ...Object.values(broken)]; // the latter in the listing's order
  const found = [...listing.pictures.keys()].filter((i) => broken[i] === undefined);
  requirePictures(files, listing, found, passedOver);

  const of = (part: Part) => found.filter((i) => listing.pictures[i]!.part === part);
  const source = (part: Part) => sourceOfPictures(files, listing, of(part), `${dataName}/${part}`, facts);
  const { judgedBy, ...parts } = judgedParts({
    train: source('train')!,
    validation: source('validation'),
    test: source('test'),
  });
  return {
    ...parts,
    task: {
      version: 1,
      ...chosen,
      normalize: facts.normalization(of('train'), chosen.picture.channels),
      classNames,
      data: { name: dataName, sha256: identityOf(listing, found, facts) },
    },
    report: {
      passedOver,
      noted: notedOf(found.map((i) => ({ path: listing.pictures[i]!.path, notes: facts.notes(i) }))),
      test: judgedBy,
    },
  };
}

/** What is made of pictures where nobody says another. */
function stretched(
  { medianShortSide, channels }: Survey,
  { height, width }: { height?: number; width?: number },
): Pick<Task, 'picture' | 'steps'> {
  const size = sizeFor(medianShortSide);
  const picture = { height: height ?? width ?? size, width: width ?? height ?? size };
  return {
    picture: { ...picture, channels },
    steps: [
      channels === 1 ? grey({ background: 'contrast' }) : color({ background: WHITE }),
      stretch(picture),
    ],
  };
}

/** Why a file is no picture to train on. What no other file would do better with is thrown: no sharp, another archive. */
function reasonOf(error: unknown): string {
  const { name, code, expected, received, fix } = error as DataError;
  const isOfFile =
    (name === 'PicturesError' && ['PICTURE', 'FILE'].includes(code)) ||
    (name === 'DataError' && code !== 'MISMATCH'); // an archive that has changed
  if (!isOfFile) throw error;
  return `expected ${expected}, received ${received}. ${fix}`.replace(/\.$/, '');
}

function sourceOfPictures(
  files: Files,
  { classNames, pictures }: Listing,
  found: readonly number[],
  name: string,
  facts: PictureFacts,
): PictureSource | undefined {
  if (found.length === 0) return undefined;
  const { length } = classNames;
  const Type = length <= 256 ? Uint8Array : length <= 65_536 ? Uint16Array : Uint32Array;
  const paths = found.map((i) => pictures[i]!.path);
  return {
    name,
    length: found.length,
    labels: Type.from(found.map((i) => pictures[i]!.label)),
    classNames,
    async read(indices) {
      const read: RawPicture[] = new Array(indices.length);
      await inTurns(indices.length, async (i) => {
        const path = paths[indices[i]!]!;
        read[i] = await decodePicture(await files.read(path), {
          where: `${files.where}: ${path}`,
          ...files.limits,
        });
      });
      return read;
    },
    origin: (index) => ({ path: paths[index]!, ...facts.file(found[index]!) }),
  };
}

/** SHA-256 of what is learnt from: each picture's part, class and bytes, in order; neither paths nor names. */
function identityOf(
  { classNames, pictures }: Listing,
  found: readonly number[],
  facts: PictureFacts,
): string {
  const hash = createHash('sha256');
  for (const i of found) {
    const { part, label } = pictures[i]!;
    hash.update(`${part}\0${classNames[label]}\0`).update(facts.hash(i));
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
  { classNames, pictures }: Listing,
  found: readonly number[],
  passedOver: readonly PassedOver[],
): void {
  const counts = new Uint32Array(classNames.length);
  for (const i of found) if (pictures[i]!.part === 'train') counts[pictures[i]!.label]!++;
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
