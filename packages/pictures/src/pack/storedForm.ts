import type { RawPicture, Step } from '@residual/data';
import { sizeAfter, stepsOf, uncroppedRows } from '../step.js';

/**
 * How a pack keeps pictures of a task: its steps up to where all pictures have one size, without those at the end that crop, as training
 * crops in their place. Of what these steps make on the way, the smallest is kept of which they make the same bytes again;
 * so a picture that a step would enlarge stays as it is.
 *
 * @returns a function from a decoded picture to the one that is kept; the task's steps make the same of either, to the bit.
 * @throws PicturesError as `stepsOf`.
 */
export function storedForm(rows: readonly Step[]): (picture: RawPicture) => RawPicture {
  const steps = keptSteps(rows).map((row) => stepsOf([row]));
  return (picture) => {
    const made = [picture];
    for (const step of steps) made.push(step(made.at(-1)!));
    const smallestFirst = [...made.keys()].sort(
      (a, b) => made[a]!.data.length - made[b]!.data.length || b - a,
    );
    const chosen = smallestFirst.find((count) => {
      const again = steps.slice(0, count).reduce((current, step) => step(current), made[count]!);
      return isSame(again, made[count]!);
    });
    return made[chosen!]!; // the picture itself at the last: no step changes it
  };
}

/** The steps that what is kept has behind it: with the version of the format, they say whether a pack serves a task. */
export function keptSteps(rows: readonly Step[]): readonly Step[] {
  const sized = [...rows.keys()].find((i) => sizeAfter(rows.slice(0, i + 1)) !== undefined);
  return uncroppedRows(rows.slice(0, sized === undefined ? rows.length : sized + 1));
}

/** Whether the first step makes the same of an opaque picture with alpha and without: then it need not be decoded with it. */
export function startsOpaque([first]: readonly Step[]): boolean {
  return first !== undefined && first.version === undefined && ['color', 'grey'].includes(first.name);
}

/** The same for steps whose pictures are kept alike, whatever the order in which the fields of a row stand. */
export function keptKey(rows: readonly Step[]): string {
  return JSON.stringify(keptSteps(rows), (_, field) =>
    field !== null && typeof field === 'object' && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

/** Whether two pictures have the same pixels. */
export function isSame(a: RawPicture, b: RawPicture): boolean {
  if (a.width !== b.width || a.height !== b.height || a.data.length !== b.data.length) return false;
  if (a.data === b.data) return true;
  return bytesOf(a).equals(bytesOf(b));
}

function bytesOf({ data }: RawPicture): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.length);
}
