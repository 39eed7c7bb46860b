import { newLabels } from './arrays.js';
import { DataError } from './error.js';
import { select } from './parts.js';
import type { Pictures } from './source.js';

/** Pictures under the class numbers of a task, and what of the two didn't meet. */
export interface MatchedPictures<P extends Pictures> {
  /** Those of known classes, labelled by the task's order. */
  pictures: P;
  /** Classes of the task of which there is no picture. */
  missing: string[];
  /** Classes of the pictures that the task doesn't know, with how many pictures each has: they are left out. */
  unknown: { className: string; count: number }[];
}

/**
 * Brings pictures of one data set under the class numbers of another's task: by the classes' names (in Unicode form NFC), never by
 * their numbers.
 *
 * @param classNames of the task, in its order
 * @throws DataError `MISMATCH` when no picture is of a class that the task knows.
 *
 * @example
 * const { pictures, missing, unknown } = matchClasses(other.test, task.classNames);
 */
export function matchClasses<P extends Pictures>(
  pictures: P,
  classNames: readonly string[],
): MatchedPictures<P> {
  const numbers = new Map(classNames.map((name, i) => [name.normalize('NFC'), i]));
  const labelOf = pictures.classNames.map((name) => numbers.get(name.normalize('NFC')));
  const counts = new Uint32Array(pictures.classNames.length);
  for (const label of pictures.labels) counts[label]!++;
  const unknown = pictures.classNames.flatMap((className, i) =>
    labelOf[i] === undefined && counts[i]! > 0 ? [{ className, count: counts[i]! }] : [],
  );
  const there = new Set(labelOf.filter((label, i) => label !== undefined && counts[i]! > 0));
  const missing = classNames.filter((_, label) => !there.has(label));
  if (there.size === 0) throw nothingInCommon(pictures, classNames);
  const isSame = pictures.classNames.length === classNames.length && labelOf.every((label, i) => label === i);
  return { pictures: isSame ? pictures : relabelled(pictures, labelOf, classNames), missing, unknown };
}

/** The pictures of classes that have a number, under it. */
function relabelled<P extends Pictures>(
  pictures: P,
  labelOf: readonly (number | undefined)[],
  classNames: readonly string[],
): P {
  const kept = Uint32Array.from(pictures.labels.keys()).filter(
    (i) => labelOf[pictures.labels[i]!] !== undefined,
  );
  const labels = newLabels(classNames.length, kept.length);
  kept.forEach((from, to) => {
    labels[to] = labelOf[pictures.labels[from]!]!;
  });
  return { ...select(pictures, kept, pictures.name), labels, classNames };
}

/** How many names are told. */
const NAMED = 8;

function nothingInCommon({ name, classNames }: Pictures, known: readonly string[]): DataError {
  const some = (names: readonly string[]) =>
    `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? `, and ${names.length - NAMED} more` : ''}`;
  return new DataError('MISMATCH', {
    where: `${name}: classNames`,
    expected: `pictures of a class that the network knows: ${some(known)}`,
    received: `those of ${some(classNames)}`,
    fix: 'Call the classes as the network does: they are matched by their names.',
  });
}
