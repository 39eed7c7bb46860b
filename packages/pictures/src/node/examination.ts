import type { Noted, PassedOver } from '@residual/data';
import { type Part, similarityClusters } from '@residual/data';

/** A picture that is named in an examination. */
export interface ExaminedPicture {
  readonly part: Part;
  /** Its number in that part, from 0. */
  readonly index: number;
  /** In the source, where it is a file. */
  readonly path?: string;
  readonly className: string;
  /** In pixels, as one sees it. */
  readonly width: number;
  readonly height: number;
}

/** The least, the middle and the largest of some numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** How many pictures each part has; a part that there is not is left out. */
export type PartCounts = Readonly<Partial<Record<Part, number>>>;

type Groups = readonly (readonly ExaminedPicture[])[];

/** What is found in pictures; plain JSON. Pictures are in the natural order of their paths, else of their parts and indices. */
export interface Examination {
  readonly name: string;
  readonly parts: PartCounts;
  /** In the order of their numbers. */
  readonly classes: readonly { readonly name: string; readonly parts: PartCounts }[];
  /** Of the largest class to the smallest of those that have a picture to train on. */
  readonly ratio: number;
  /** Classes without a picture to train on. */
  readonly untrained: readonly string[];
  readonly width: Spread;
  readonly height: Spread;
  readonly shortSide: Spread;
  /** What the network sees. */
  readonly sees: { readonly height: number; readonly width: number; readonly channels: number };
  /** How many pictures are smaller than that in height or width: there is less in them than the network could see. */
  readonly smaller: number;
  /** How many have no colour. */
  readonly grey: number;
  /** Groups of pictures that are the same, pixel by pixel. */
  readonly duplicates: Groups;
  /** Groups of pictures that look alike, as a picture does that was saved or resized again; those above are not told again. */
  readonly nearDuplicates: Groups;
  /** Groups, equal or alike, with pictures of several classes. */
  readonly inTwoClasses: Groups;
  /** Groups, equal or alike, with pictures in several parts: what is judged by was learnt from. */
  readonly inTwoParts: Groups;
  /** Of one colour, as the network sees them. */
  readonly blank: readonly ExaminedPicture[];
  /** With a side below 16 pixels, where most are larger. */
  readonly tiny: readonly ExaminedPicture[];
  readonly passedOver: readonly PassedOver[];
  /** What was done to some that are read. */
  readonly noted: readonly Noted[];
}

/** What is known of a picture that has been looked at. */
export interface LookedAt extends ExaminedPicture {
  readonly label: number;
  /** Equal for equal pixels. */
  readonly pixels: string;
  readonly fingerprint: Uint8Array;
  readonly isBlank: boolean;
  readonly isGrey: boolean;
}

export interface Circumstances {
  readonly name: string;
  readonly classNames: readonly string[];
  /** Those that there are. */
  readonly parts: readonly Part[];
  readonly sees: Examination['sees'];
  readonly passedOver: readonly PassedOver[];
  readonly noted: readonly Noted[];
}

const TINY = 16; // pixels

/** What a list of pictures comes to. */
export function examinationOf(
  pictures: readonly LookedAt[],
  { name, classNames, parts, sees, passedOver, noted }: Circumstances,
): Examination {
  const shortSide = spreadOf(pictures.map(shortSideOf));
  return {
    name,
    ...countsOf(pictures, classNames, parts),
    width: spreadOf(pictures.map(({ width }) => width)),
    height: spreadOf(pictures.map(({ height }) => height)),
    shortSide,
    sees: { height: sees.height, width: sees.width, channels: sees.channels },
    smaller: pictures.filter(({ height, width }) => height < sees.height || width < sees.width).length,
    grey: pictures.filter(({ isGrey }) => isGrey).length,
    ...likenessesOf(pictures),
    blank: pictures.filter(({ isBlank }) => isBlank).map(named),
    tiny: shortSide.median < TINY ? [] : pictures.filter((picture) => shortSideOf(picture) < TINY).map(named),
    passedOver,
    noted,
  };
}

function countsOf(pictures: readonly LookedAt[], classNames: readonly string[], parts: readonly Part[]) {
  const none = () => Object.fromEntries(parts.map((part) => [part, 0])) as Record<Part, number>;
  const all = none();
  const classes = classNames.map((name) => ({ name, parts: none() }));
  for (const { part, label } of pictures) {
    all[part]++;
    classes[label]!.parts[part]++;
  }
  const trained = classes.map((one) => one.parts.train).filter((count) => count > 0);
  return {
    parts: all,
    classes,
    ratio:
      trained.reduce((most, count) => Math.max(most, count)) /
      trained.reduce((least, count) => Math.min(least, count)),
    untrained: classes.filter((one) => one.parts.train === 0).map((one) => one.name),
  };
}

/** Equal pictures, and those that look alike whatever their classes are. */
function likenessesOf(pictures: readonly LookedAt[]) {
  // A blank picture looks like any other.
  const seen = pictures.filter(({ isBlank }) => !isBlank);
  const duplicates = groupsOf(pictures, ({ pixels }) => pixels);
  const clusters = similarityClusters(
    seen.map(({ pixels, fingerprint }) => ({ label: 0, key: pixels, fingerprint })),
  );
  const numbers = new Map(seen.map((picture, i) => [picture, clusters[i]!]));
  const alike = groupsOf(seen, (picture) => numbers.get(picture)!);
  const differs = (of: (picture: LookedAt) => unknown) => (group: readonly LookedAt[]) =>
    group.some((picture) => of(picture) !== of(group[0]!));
  const list = (groups: readonly LookedAt[][]) => groups.map((group) => group.map(named));
  return {
    duplicates: list(duplicates),
    nearDuplicates: list(alike.filter(differs(({ pixels }) => pixels))),
    inTwoClasses: list(alike.filter(differs(({ label }) => label))),
    inTwoParts: list(alike.filter(differs(({ part }) => part))),
  };
}

/** Pictures for which a value is the same, where there are several, in the order of their first ones. */
function groupsOf<T>(pictures: readonly LookedAt[], like: (picture: LookedAt) => T): LookedAt[][] {
  const groups = new Map<T, LookedAt[]>();
  for (const picture of pictures) {
    const value = like(picture);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [picture]);
    else group.push(picture);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

function named({ part, index, path, className, width, height }: ExaminedPicture): ExaminedPicture {
  return { part, index, ...(path !== undefined && { path }), className, width, height };
}

function shortSideOf({ width, height }: ExaminedPicture): number {
  return Math.min(width, height);
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
}
