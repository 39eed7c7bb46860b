import { philox } from '@residual/random';
import { describe } from './arrays.js';
import { DataError } from './error.js';
import { compareText } from './naturalOrder.js';
import { type Part, SHARES, type Shares, type SplitPicture } from './part.js';
import { keyPattern, type Split, seedSchema, sharesSchema } from './split.js';
import { similarityClusters } from './splitClusters.js';
import { assignParts } from './splitParts.js';
import { validate } from './validate.js';

export interface SplitOptions {
  /** Default 80, 10 and 10. */
  shares?: Shares;
  /** Default 0. */
  seed?: number;
  /** Recorded in the split. Default null. */
  group?: string | null;
  /** Of the same pictures, or some of them, before: its seed, shares and group must be the same. */
  known?: Split;
}

export interface SplitResult {
  /** Of each picture. */
  readonly parts: readonly Part[];
  /** The known pictures, and then the new ones. */
  readonly split: Split;
}

/**
 * Divides pictures into parts, so that what a part judges is in no other: pictures of one group, equal files, and pictures of one
 * class that look alike are a cluster, which stays together.
 *
 * A cluster's part is where the hash of the seed and its earliest known picture (of those that are all new, the one with the
 * smallest key) falls among the shares: names, order and other pictures don't move it, and the shares hold in expectation. A class
 * with three clusters or more then gets one in each part that has a share, and every class one to train on, as far as clusters of
 * several classes let it. Pictures of a known split keep their part whatever happens: a new picture that is like two of them, of two
 * parts, goes to the one that was known first.
 *
 * @throws DataError `ARGUMENT` for shares, a seed or a key that can't be, `MISMATCH` when the known split is another.
 *
 * @example
 * const { parts, split } = splitPictures(pictures, { seed: 0, known: parseSplit(text, 'split.json') });
 */
export function splitPictures(
  pictures: readonly SplitPicture[],
  { shares = SHARES, seed = 0, group = null, known }: SplitOptions = {},
): SplitResult {
  requireShares(shares);
  requireSeed(seed);
  if (known !== undefined) requireSame(known, { shares, seed, group });
  for (const { key } of pictures) requireKey(key);
  const knownParts = new Map(Object.entries(known?.parts ?? {}));
  const added = [...pictures.keys()].filter((i) => !knownParts.has(pictures[i]!.key));
  if (known !== undefined && added.length === 0) {
    return { parts: pictures.map(({ key }) => knownParts.get(key)!), split: known };
  }
  const parts = assignParts(pictures, similarityClusters(pictures), {
    shares,
    known: knownParts,
    chance: (key) => chanceOf(key, seed),
  });
  added.sort((a, b) => compareText(pictures[a]!.key, pictures[b]!.key));
  const partsByKey: Record<string, Part> = { ...known?.parts };
  for (const i of added) partsByKey[pictures[i]!.key] = parts[i]!; // equal files are in one part
  return { parts, split: { version: 1, seed, shares, group, parts: partsByKey } };
}

/** In [0, 1): the same for the same picture and seed. */
function chanceOf(key: string, seed: number): number {
  const word = (at: number) => Number.parseInt(key.slice(at, at + 8), 16);
  const words = philox([word(0), word(8), word(16), word(24)], [seed >>> 0, Math.floor(seed / 2 ** 32)]);
  return words[0]! / 2 ** 32;
}

function requireShares(shares: Shares): void {
  const fix =
    'Give how many of a hundred pictures to train on, to validate with and to test with, such as [80, 10, 10].';
  validate(sharesSchema, shares, 'shares', { fix, fail: (problem) => new DataError('ARGUMENT', problem) });
}

function requireSeed(seed: number): void {
  validate(seedSchema, seed, 'seed', {
    fix: 'Any whole number from 0 on will do.',
    fail: (problem) => new DataError('ARGUMENT', problem),
  });
}

function requireKey(key: string): void {
  if (typeof key === 'string' && keyPattern.test(key)) return;
  throw new DataError('ARGUMENT', {
    where: 'splitPictures: key',
    expected: '64 hexadecimal digits in lower case',
    received: typeof key === 'string' ? JSON.stringify(key) : describe(key),
    fix: "Give the SHA-256 of the picture's file.",
  });
}

function requireSame(known: Split, { shares, seed, group }: Pick<Split, 'shares' | 'seed' | 'group'>): void {
  const text = (of: Pick<Split, 'shares' | 'seed' | 'group'>) =>
    `shares ${of.shares.join('/')}, seed ${of.seed}, ${of.group === null ? 'no groups' : `groups by ${of.group}`}`;
  const [expected, received] = [text({ shares, seed, group }), text(known)];
  if (expected === received) return;
  throw new DataError('MISMATCH', {
    where: 'splitPictures: known',
    expected,
    received,
    fix: 'Give what the known split was made with, or leave it out.',
  });
}
