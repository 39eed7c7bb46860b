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
 * Joins those that look alike. Fingerprints lie as unit vectors in a grid of three projections, as wide as alike ones can be apart:
 * only those of the same and of neighbouring cells are compared. What is found is taken out at once, so that a thousand pictures of
 * one scene aren't compared a million times.
 */
function joinLookalikes(
  pictures: readonly SplitPicture[],
  members: readonly number[],
  sets: DisjointSets,
): void {
  const fingerprints = members.map((i) => pictures[i]!.fingerprint!);
  const sums = Float64Array.from(fingerprints, (levels) => levels.reduce((sum, level) => sum + level, 0));
  const lengths = Float64Array.from(fingerprints, (levels) => Math.sqrt(squaresOf(levels))); // of the centred vector, times 8
  const isAlike = (i: number, j: number) => {
    const [a, b] = [fingerprints[i]!, fingerprints[j]!];
    let product = 0;
    for (let at = 0; at < PLACES; at++) product += a[at]! * b[at]!;
    return PLACES * product - sums[i]! * sums[j]! >= LEAST_CORRELATION * lengths[i]! * lengths[j]!;
  };
  const places = fingerprints.map((levels, i) => cellOf(levels, lengths[i]!));
  const cells = new Map<number, number[]>();
  places.forEach((cell, i) => {
    const others = cells.get(cell);
    if (others === undefined) cells.set(cell, [i]);
    else others.push(i);
  });
  const isTaken = new Uint8Array(members.length);
  for (let start = 0; start < members.length; start++) {
    if (isTaken[start]) continue;
    isTaken[start] = 1;
    const waiting = [start];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      for (const step of NEIGHBOURS) {
        const cell = cells.get(places[i]! + step);
        if (cell === undefined) continue;
        let kept = 0;
        for (const j of cell) {
          if (isTaken[j]) continue;
          if (isAlike(i, j)) {
            isTaken[j] = 1;
            sets.join(members[i]!, members[j]!);
            waiting.push(j);
          } else cell[kept++] = j;
        }
        cell.length = kept;
      }
    }
  }
}

/** Left against right, top against bottom, and the two diagonals' quarters. */
const PROJECTIONS = [0, 1, 2].map((projection) =>
  Int8Array.from({ length: PLACES }, (_, i) => {
    const [right, bottom] = [i % ROW >= ROW / 2, i >= PLACES / 2];
    return [right, bottom, right !== bottom][projection] ? 1 : -1;
  }),
);
/** More than the cells in a row: projections are from -1 to 1. */
const STRIDE = 1024;
const NEIGHBOURS = [-1, 0, 1].flatMap((x) =>
  [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((z) => (x * STRIDE + y) * STRIDE + z)),
);

/** Where a fingerprint lies, as the number of a cell. The projections' signs come to 0, so the mean needn't be taken off. */
function cellOf(levels: Fingerprint, length: number): number {
  let cell = 0;
  for (const signs of PROJECTIONS) {
    let sum = 0;
    for (let i = 0; i < PLACES; i++) sum += signs[i]! * levels[i]!;
    cell = cell * STRIDE + Math.floor(sum / length / FARTHEST) + STRIDE / 2; // unit vectors: signs / 8, levels * 8 / length
  }
  return cell;
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
