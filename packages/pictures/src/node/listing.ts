import { createHash } from 'node:crypto';
import {
  DataError,
  type LoadedData,
  type LoadOptions,
  type Normalize,
  normalizationOfMoments,
  type Part,
  type PassedOver,
  type Survey,
  type Task,
} from '@residual/data';
import * as v from 'valibot';
import { MOMENTS, type PackIndex } from '../pack/packIndex.js';
import { color, grey, stretch } from '../steps.js';
import type { Files } from './files.js';
import { packedSurvey } from './foundPack.js';
import { inTurns } from './inTurns.js';
import { limitParameters } from './limits.js';
import { type Listing, Stamps } from './listed.js';
import { notedOf } from './notes.js';
import { packed } from './packing.js';
import { PackReader } from './packReader.js';
import { packStore } from './packStore.js';
import { type Parted, partsOf, type SplitFields, splitParameters } from './splitParts.js';
import { surveyOf } from './survey.js';

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
  ...splitParameters,
};

/** The side of the squares that pictures become where nobody says another: by the median of their shorter sides. */
export function sizeFor(median: number): number {
  return median < 96 ? 64 : 128;
}

/**
 * Decodes every picture of a listing once, and keeps it as the task's own resize leaves it, in a pack from which each is read when it is
 * needed; a later load finds it there. What can't be decoded is passed over.
 *
 * @throws DataError `FORMAT` when fewer than two classes are left, or one has no picture to train on.
 */
export async function loadListing(
  files: Files,
  listing: Listing,
  {
    dataName = files.name,
    height,
    width,
    ...fields
  }: { dataName?: string; height?: number; width?: number } & SplitFields,
  options: LoadOptions = {},
): Promise<LoadedData> {
  requireClasses(files, listing);
  const { fit, signal, onRemark = (sentence) => process.emitWarning(sentence) } = options;
  const stamps = new Stamps(listing.pictures.length);
  await inTurns(listing.pictures.length, async (i) => {
    signal?.throwIfAborted();
    stamps.set(i, await files.stamp(listing.pictures.path(i)));
  });
  const stamped = { files, listing, stamps };
  const store = await packStore(files.where, dataName, options.pack);
  const survey = (await packedSurvey(store, stamped)) ?? (await surveyOf(files, listing, options));
  const { picture, steps } =
    fit !== undefined && survey.count > 0 ? fit(survey) : stretched(survey, { height, width });
  const { index, pack } = await packed(stamped, survey, { picture, steps }, store, { ...options, onRemark });

  const passedOver = [
    ...listing.passedOver,
    ...index.head.broken.map(({ file, reason }) => ({ file, reason })),
  ];
  const all = Array.from({ length: index.length }, (_, i) => i);
  requirePictures(files, index, all, passedOver);
  const { parts, split } = await partsOf(index, {
    where: files.where,
    store,
    fields,
    options: { ...options, onRemark },
  });
  const of = (part: Part) => all.filter((i) => parts[i] === part);
  requirePictures(files, index, of('train'), passedOver);
  const reader = new PackReader({ files, index, pack, steps, onRemark });
  const source = (part: Part) => reader.source(`${dataName}/${part}`, index, of(part));
  const [train, validation, test] = [source('train')!, source('validation'), source('test')];
  return {
    train,
    ...(validation && { validation }),
    ...(test && { test }),
    ...(split && { split }),
    task: {
      version: 1,
      picture,
      steps,
      normalize: normalizationOf(index, of('train'), picture.channels),
      classNames: listing.classNames,
      data: { name: dataName, sha256: identityOf(index, parts) },
    },
    report: {
      passedOver,
      noted: notedOf(
        all.flatMap((i) =>
          index.hasNotes(i) || parts[i] === undefined
            ? [{ path: index.path(i), notes: index.notes(i), isNew: parts[i] === undefined }]
            : [],
        ),
      ),
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

/** Each picture counts the same, whatever its size; summed in order, so that the result is always the same. */
function normalizationOf(index: PackIndex, pictures: readonly number[], channels: 1 | 3): Normalize {
  const means = Array.from({ length: MOMENTS }, (_, moment) => {
    const sum = pictures.reduce((total, i) => total + index.columns.moments[i * MOMENTS + moment]!, 0);
    return sum / pictures.length;
  });
  return normalizationOfMoments(means.slice(0, channels), means.slice(3, 3 + channels));
}

/** SHA-256 of what is learnt from: each picture's part, class and bytes, in order; neither paths nor names. */
function identityOf(index: PackIndex, parts: Parted['parts']): string {
  const hash = createHash('sha256');
  for (const [i, part] of parts.entries()) {
    if (part === undefined) continue;
    hash.update(`${part}\0${index.head.classNames[index.label(i)]}\0`).update(index.sha256(i));
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
  index: PackIndex,
  train: readonly number[],
  passedOver: readonly PassedOver[],
): void {
  const { classNames } = index.head;
  const counts = new Uint32Array(classNames.length);
  for (const i of train) counts[index.label(i)]!++;
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
