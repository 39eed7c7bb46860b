import { createHash } from 'node:crypto';
import {
  type LoadedData,
  type LoadOptions,
  type Normalize,
  normalizationOfMoments,
  type Part,
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
import { type Packed, packed } from './packing.js';
import { PackReader } from './packReader.js';
import { packStore } from './packStore.js';
import { PackWorkers } from './packWorkers.js';
import { type Parted, partsOf, type SplitFields, splitParameters } from './splitParts.js';
import { surveyOf } from './survey.js';
import { requireClasses, requirePictures } from './untrainable.js';

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
 * @throws UntrainableError when there are fewer than two classes, or one has no picture to train on.
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
  const { classNames, pictures } = listing;
  const known = { where: files.where, name: dataName, classNames, passedOver: listing.passedOver };
  requireClasses({ ...known, length: pictures.length, at: (i) => pictures.at(i) });
  const { fit, signal, onRemark = (sentence) => process.emitWarning(sentence) } = options;
  const stamps = new Stamps(pictures.length);
  await inTurns(pictures.length, async (i) => {
    signal?.throwIfAborted();
    stamps.set(i, await files.stamp(pictures.path(i)));
  });
  const stamped = { files, listing, stamps };
  const store = await packStore(files.where, dataName, options.pack);
  const workers = files.direct && PackWorkers.of(pictures.length, files.limits);
  const { picture, steps, index, pack } = await decodedOnce().finally(() => workers?.stop());

  const passedOver = [
    ...listing.passedOver,
    ...index.head.broken.map(({ file, reason }) => ({ file, reason })),
  ];
  const all = Array.from({ length: index.length }, (_, i) => i);
  const decoded = { ...known, length: index.length, passedOver };
  requirePictures({ ...decoded, at: (i) => ({ label: index.label(i), part: index.part(i) }) });
  const { parts, split } = await partsOf(index, {
    where: files.where,
    store,
    fields,
    options: { ...options, onRemark },
  });
  const of = (part: Part) => all.filter((i) => parts[i] === part);
  requirePictures({ ...decoded, at: (i) => ({ label: index.label(i), part: parts[i] }) });
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
      classNames,
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

  async function decodedOnce(): Promise<Packed & Pick<Task, 'picture' | 'steps'>> {
    const told = { ...options, onRemark, workers };
    const survey = (await packedSurvey(store, stamped)) ?? (await surveyOf(files, listing, told));
    const chosen = fit !== undefined && survey.count > 0 ? fit(survey) : stretched(survey, { height, width });
    return { ...chosen, ...(await packed(stamped, survey, chosen, store, told)) };
  }
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
