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
  joinEqual(pictures, ({ key }) => key, sets);
  joinEqual(pictures, ({ group }) => group, sets);
  for (const members of membersByLabel(pictures)) joinLookalikes(pictures, members, sets);
  return sets.numbers();
}

/** Joins those of which a name is the same. */
function joinEqual(
  pictures: readonly SplitPicture[],
  nameOf: (picture: SplitPicture) => string | undefined,
  sets: DisjointSets,
): void {
  const firstOf = new Map<string, number>();
  for (let i = 0; i < pictures.length; i++) {
    const name = nameOf(pictures[i]!);
    if (name === undefined) continue;
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, i);
    else sets.join(first, i);
  }
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
  const views = new Views(pictures, members);
  const buckets = Array.from({ length: BANDS }, (_, band) => new Buckets(views.bands[band]!));
  const isTaken = new Uint8Array(members.length);
  for (const start of members.keys()) {
    if (isTaken[start]) continue;
    isTaken[start] = 1;
    const waiting = [start];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      for (const ofBand of buckets) {
        ofBand.sift(i, (j) => {
          if (isTaken[j]) return false;
          if (!views.isAlike(i, j)) return true;
          isTaken[j] = 1;
          sets.join(members[i]!, members[j]!);
          waiting.push(j);
          return false;
        });
      }
    }
  }
}

const BANDS = 6;

/** The fingerprints of a class, and what tells fast that two can't be alike: numbers side by side, as there may be very many. */
class Views {
  /** Of each band its value for each picture. */
  readonly bands: readonly Uint32Array[];
  readonly #levels: Uint8Array;
  readonly #sums: Uint32Array;
  /** 8 times that of the levels less their mean. */
  readonly #lengths: Float64Array;
  /** Of the unit vectors. */
  readonly #across: Float64Array;
  readonly #down: Float64Array;

  constructor(pictures: readonly SplitPicture[], members: readonly number[]) {
    const { length } = members;
    this.bands = Array.from({ length: BANDS }, () => new Uint32Array(length));
    this.#levels = new Uint8Array(length * PLACES);
    this.#sums = new Uint32Array(length);
    this.#lengths = new Float64Array(length);
    this.#across = new Float64Array(length);
    this.#down = new Float64Array(length);
    for (let i = 0; i < length; i++) this.#add(i, pictures[members[i]!]!.fingerprint!);
  }

  isAlike(a: number, b: number): boolean {
    if (Math.abs(this.#across[a]! - this.#across[b]!) > FARTHEST) return false;
    if (Math.abs(this.#down[a]! - this.#down[b]!) > FARTHEST) return false;
    let product = 0;
    for (let i = 0; i < PLACES; i++) product += this.#levels[a * PLACES + i]! * this.#levels[b * PLACES + i]!;
    return (
      PLACES * product - this.#sums[a]! * this.#sums[b]! >=
      LEAST_CORRELATION * this.#lengths[a]! * this.#lengths[b]!
    );
  }

  #add(place: number, levels: Fingerprint): void {
    const length = Math.sqrt(squaresOf(levels));
    let [sum, across, down] = [0, 0, 0];
    for (let i = 0; i < PLACES; i++) {
      const level = levels[i]!;
      sum += level;
      across += i % ROW < ROW / 2 ? -level : level;
      down += i < PLACES / 2 ? -level : level;
    }
    this.#levels.set(levels, place * PLACES);
    this.#sums[place] = sum;
    this.#lengths[place] = length;
    this.#across[place] = across / length;
    this.#down[place] = down / length;
    this.#hash(place, levels, length / PLACES / 16);
  }

  /**
   * The difference hash of a fingerprint, whether each place is brighter than the one on its left and than the one above, by a
   * sixteenth of the levels' standard deviation, `least`; as bands of every sixth bit, so that each sees the whole picture.
   */
  #hash(place: number, levels: Fingerprint, least: number): void {
    let bit = 0;
    const add = (difference: number) => {
      const band = this.bands[bit++ % BANDS]!;
      band[place] = 2 * band[place]! + (difference > least ? 1 : 0);
    };
    for (let i = 0; i < PLACES; i++) {
      if (i % ROW > 0) add(levels[i]! - levels[i - 1]!);
      if (i >= ROW) add(levels[i]! - levels[i - ROW]!);
    }
  }
}

/** Numbers from 0 on, in buckets of those with the same value: one array, cut by value. */
class Buckets {
  readonly #members: Uint32Array;
  /** Where the bucket of a number begins. */
  readonly #starts: Uint32Array;
  /** Where a bucket ends, by where it begins. */
  readonly #ends: Uint32Array;

  constructor(values: Uint32Array) {
    const { length } = values;
    this.#members = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    this.#starts = new Uint32Array(length);
    this.#ends = new Uint32Array(length);
    for (let at = 0, start = 0; at < length; at++) {
      if (values[this.#members[at]!] !== values[this.#members[start]!]) start = at;
      this.#starts[this.#members[at]!] = start;
      this.#ends[start] = at + 1;
    }
  }

  /** Leaves only those in the bucket of `i` that a function says to. */
  sift(i: number, isKept: (j: number) => boolean): void {
    const start = this.#starts[i]!;
    const end = this.#ends[start]!;
    let kept = start;
    for (let at = start; at < end; at++) {
      const j = this.#members[at]!;
      if (isKept(j)) this.#members[kept++] = j;
    }
    this.#ends[start] = kept;
  }
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
