import type { Fingerprint, SplitPicture } from './part.js';

/** Places of a fingerprint: 8 rows of 8. */
const PLACES = 64;
const ROW = 8;
/**
 * The least correlation of two fingerprints of one picture. Measured: saved as JPEG of quality 50 to 90, resized, blurred or brightened,
 * pictures keep 0.998 of it; of 6,000 of Fashion-MNIST, which all look alike, 7 pairs of a class reach it.
 */
const LEAST_CORRELATION = 0.998;
/** How far apart unit vectors of that correlation are, and so at most their projections: |a - b|^2 = 2 - 2ab. */
const FARTHEST = Math.sqrt(2 - 2 * LEAST_CORRELATION);
/** Below this variance of its levels a picture is nearly blank, and its fingerprint is noise. */
const LEAST_VARIANCE = 16;

/**
 * Clusters pictures that must not be in different parts: those of one group, equal files, and those of one class whose fingerprints
 * are nearly the same picture's. Like is like in chains: of three pictures the first may resemble the last by the second alone.
 *
 * @returns the number of each picture's cluster, from 0 in the order of their first pictures.
 */
export function similarityClusters(pictures: readonly SplitPicture[]): Uint32Array {
  const sets = new DisjointSets(pictures.length);
  const firstOf = new Map<string, number>();
  const alike = (name: string, i: number) => {
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, i);
    else sets.join(first, i);
  };
  for (const [i, { key, group }] of pictures.entries()) {
    alike(`key ${key}`, i);
    if (group !== undefined) alike(`group ${group}`, i);
  }
  for (const members of membersByLabel(pictures)) joinLookalikes(pictures, members, sets);
  return sets.numbers();
}

/** Of each class those pictures whose fingerprints say something. */
function membersByLabel(pictures: readonly SplitPicture[]): number[][] {
  const byLabel = new Map<number, number[]>();
  for (const [i, { label, fingerprint }] of pictures.entries()) {
    if (fingerprint === undefined || squaresOf(fingerprint) < LEAST_VARIANCE * PLACES * PLACES) continue;
    const members = byLabel.get(label);
    if (members === undefined) byLabel.set(label, [i]);
    else members.push(i);
  }
  return [...byLabel.values()];
}

/** 64 times the sum of the squared differences to the mean: a whole number. */
function squaresOf(levels: Fingerprint): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < PLACES; i++) {
    const level = levels[i]!;
    sum += level;
    squares += level * level;
  }
  return PLACES * squares - sum * sum;
}

/**
 * Joins those that look alike. A difference hash finds who may be: two whose hashes agree in one of its bands, which is certain where
 * fewer bits than bands differ. What is found is taken out at once, so that a thousand pictures of one scene aren't compared a
 * million times.
 */
function joinLookalikes(
  pictures: readonly SplitPicture[],
  members: readonly number[],
  sets: DisjointSets,
): void {
  const views = members.map((i) => viewOf(pictures[i]!.fingerprint!));
  const buckets = new Map<number, number[]>();
  for (const [i, { bands }] of views.entries()) {
    for (const band of bands) {
      const others = buckets.get(band);
      if (others === undefined) buckets.set(band, [i]);
      else others.push(i);
    }
  }
  const isTaken = new Uint8Array(members.length);
  for (const start of members.keys()) {
    if (isTaken[start]) continue;
    isTaken[start] = 1;
    const waiting = [start];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      for (const band of views[i]!.bands) {
        const bucket = buckets.get(band)!;
        let kept = 0;
        for (const j of bucket) {
          if (isTaken[j]) continue;
          if (isAlike(views[i]!, views[j]!)) {
            isTaken[j] = 1;
            sets.join(members[i]!, members[j]!);
            waiting.push(j);
          } else bucket[kept++] = j;
        }
        bucket.length = kept;
      }
    }
  }
}

/** A fingerprint, and what tells fast that two can't be alike. */
interface View {
  readonly levels: Fingerprint;
  readonly sum: number;
  /** 8 times that of the levels less their mean. */
  readonly length: number;
  /** Of the unit vector. */
  readonly across: number;
  readonly down: number;
  readonly bands: Uint32Array;
}

function viewOf(levels: Fingerprint): View {
  const length = Math.sqrt(squaresOf(levels));
  let [sum, across, down] = [0, 0, 0];
  for (let i = 0; i < PLACES; i++) {
    const level = levels[i]!;
    sum += level;
    across += i % ROW < ROW / 2 ? -level : level;
    down += i < PLACES / 2 ? -level : level;
  }
  return {
    levels,
    sum,
    length,
    across: across / length,
    down: down / length,
    bands: bandsOf(levels, length),
  };
}

function isAlike(a: View, b: View): boolean {
  if (Math.abs(a.across - b.across) > FARTHEST || Math.abs(a.down - b.down) > FARTHEST) return false;
  let product = 0;
  for (let i = 0; i < PLACES; i++) product += a.levels[i]! * b.levels[i]!;
  return PLACES * product - a.sum * b.sum >= LEAST_CORRELATION * a.length * b.length;
}

const BANDS = 6;
/** More than the values of a band of the hash's 112 bits. */
const BAND_SIZE = 2 ** 19;

/**
 * The difference hash of a fingerprint, whether each place is brighter than the one on its left and than the one above, by a sixteenth of
 * the levels' standard deviation; as bands of every sixth bit, so that each sees the whole picture.
 */
function bandsOf(levels: Fingerprint, length: number): Uint32Array {
  const least = length / PLACES / 16;
  const bands = new Uint32Array(BANDS);
  let bit = 0;
  const add = (difference: number) => {
    const band = bit++ % BANDS;
    bands[band] = 2 * bands[band]! + (difference > least ? 1 : 0);
  };
  for (let i = 0; i < PLACES; i++) {
    if (i % ROW > 0) add(levels[i]! - levels[i - 1]!);
    if (i >= ROW) add(levels[i]! - levels[i - ROW]!);
  }
  return bands.map((value, band) => band * BAND_SIZE + value);
}

/** Numbers that are joined to sets. */
class DisjointSets {
  readonly #parents: Uint32Array;

  constructor(length: number) {
    this.#parents = Uint32Array.from({ length }, (_, i) => i);
  }

  join(a: number, b: number): void {
    const [first, second] = [this.#rootOf(a), this.#rootOf(b)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** The number of each one's set, in the order of their first ones. */
  numbers(): Uint32Array {
    let next = 0;
    const numbers = new Uint32Array(this.#parents.length);
    for (let i = 0; i < numbers.length; i++) {
      const root = this.#rootOf(i); // never after i
      numbers[i] = root === i ? next++ : numbers[root]!;
    }
    return numbers;
  }

  #rootOf(i: number): number {
    const parents = this.#parents;
    let root = i;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  }
}
