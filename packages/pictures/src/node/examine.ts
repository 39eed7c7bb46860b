import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  compareNaturally,
  datasetSource,
  isSource,
  type LoadedData,
  type Part,
  type PictureSource,
  type Pictures,
  type RawPicture,
} from '@residual/data';
import { isBlank } from '../blank.js';
import { fingerprint } from '../fingerprint.js';
import { isGrey, toColor } from '../grey.js';
import { preparation } from '../prepare.js';
import { type Examination, examinationOf, type LookedAt } from './examination.js';

export interface ExamineOptions {
  /** Called now and then with the number of pictures. */
  onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  signal?: AbortSignal;
}

/** Pictures that are looked at together. */
const BATCH = 64;

/**
 * Looks at every picture of loaded data once, and tells what is there and what may go wrong with it: sizes and classes, the same
 * picture twice, in two classes or in two parts, blank and tiny ones.
 *
 * @throws what reading a picture throws; the signal's reason.
 *
 * @example
 * const { classes, duplicates } = await examine(await loadSource(await sourceOf('photos')));
 */
export async function examine(
  data: LoadedData,
  { onProgress, signal }: ExamineOptions = {},
): Promise<Examination> {
  const { task, report } = data;
  const parts = partsOf(data);
  const total = parts.reduce((sum, [, { length }]) => sum + length, 0);
  const prepare = preparation(task);
  const all: LookedAt[] = [];
  for (const [part, given] of parts) {
    const pictures = isSource(given) ? given : datasetSource(given);
    for (let from = 0; from < pictures.length; from += BATCH) {
      signal?.throwIfAborted();
      const indices = Uint32Array.from(
        { length: Math.min(BATCH, pictures.length - from) },
        (_, i) => from + i,
      );
      for (const [i, picture] of (await pictures.read(indices)).entries()) {
        all.push({ ...look(picture, pictures, from + i), part, isBlank: isBlank(picture, task, prepare) });
      }
      onProgress?.({ done: all.length, total });
      await setImmediate(); // for Ctrl-C: pictures in memory need no waiting
    }
  }
  // Parts that were drawn at random have an order that says nothing to anybody.
  if (all.every(({ path }) => path !== undefined)) all.sort((a, b) => compareNaturally(a.path!, b.path!));
  return examinationOf(all, {
    name: task.data.name,
    classNames: task.classNames,
    parts: parts.map(([part]) => part),
    sees: task.picture,
    passedOver: report?.passedOver ?? [],
    noted: report?.noted ?? [],
  });
}

/** Those that there are, each once: for want of another, one part may stand for two. */
function partsOf({ train, validation, test }: LoadedData): [Part, Pictures][] {
  const parts: [Part, Pictures | undefined][] = [
    ['train', train],
    ['validation', validation],
    ['test', test],
  ];
  return parts.filter(
    (part, i): part is [Part, Pictures] =>
      part[1] !== undefined && parts.findIndex(([, pictures]) => pictures === part[1]) === i,
  );
}

function look(
  picture: RawPicture,
  pictures: PictureSource,
  index: number,
): Omit<LookedAt, 'part' | 'isBlank'> {
  const origin = pictures.origin?.(index);
  const { width, height } = origin ?? picture;
  const label = pictures.labels[index]!;
  const { data } = toColor(picture);
  return {
    index,
    ...(origin && { path: origin.path }),
    className: pictures.classNames[label]!,
    label,
    width,
    height,
    pixels: createHash('sha256').update(`${picture.width} ${picture.height} `).update(data).digest('hex'),
    fingerprint: fingerprint(picture),
    isGrey: isGrey(data),
  };
}
