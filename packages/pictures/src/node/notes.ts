import type { Noted } from '@residual/data';
import type { PictureNote } from '../pack/packIndex.js';

export type { PictureNote };

const SAID: Readonly<Record<PictureNote, string>> = {
  animated: 'animated (first frame taken)',
  'dark 16 bit': 'of 16 bits that stay below 4,096 (nearly black: the high byte is taken)',
};

/** What a report says of pictures that are read, in their order; undefined where there is nothing to say. */
export function notedOf(
  pictures: Iterable<{
    readonly path: string;
    readonly notes: readonly PictureNote[];
    readonly isNew?: boolean;
  }>,
): Noted[] | undefined {
  const files = new Map<PictureNote, string[]>();
  const added: string[] = [];
  for (const { path, notes, isNew } of pictures) {
    if (isNew) {
      added.push(path);
      continue;
    }
    for (const note of notes) {
      const named = files.get(note);
      if (named === undefined) files.set(note, [path]);
      else named.push(path);
    }
  }
  const noted = (Object.keys(SAID) as PictureNote[]).flatMap((note) => {
    const named = files.get(note);
    return named === undefined ? [] : [{ note: SAID[note], files: named }];
  });
  if (added.length > 0)
    noted.push({ note: 'new since the run began, which does without them', files: added });
  return noted.length > 0 ? noted : undefined;
}
