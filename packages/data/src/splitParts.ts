import { PARTS, type Part, type Shares, type SplitPicture } from './part.js';

/** Where a part begins and ends among [0, 1). */
type Interval = readonly [from: number, to: number];

/** One array each for all clusters, of which there may be as many as pictures. */
const ONLY: Readonly<Record<Part, readonly Part[]>> = {
  train: ['train'],
  validation: ['validation'],
  test: ['test'],
};
const NONE: readonly Part[] = [];

interface Cluster {
  /** Of the pictures in it, each once: nearly always one. */
  readonly labels: number[];
  /** In [0, 1): what decides where it goes. */
  chance: number;
  /** Of its pictures; several only where the known ones are in several. */
  parts: readonly Part[];
  /** Where its new pictures go. */
  part: Part;
  /** Whether one of its pictures is known: it can't be moved. */
  isKnown: boolean;
}

export interface AssignOptions {
  shares: Shares;
  /** Parts by key, in the order in which they became known. */
  known: ReadonlyMap<string, Part>;
  /** Of a key, in [0, 1). */
  chance(key: string): number;
}

/** The part of each picture, as `splitPictures` has them. */
export function assignParts(
  pictures: readonly SplitPicture[],
  numbers: Uint32Array,
  { shares, known, chance }: AssignOptions,
): Part[] {
  const intervals = intervalsOf(shares);
  const clusters = clustersOf(pictures, numbers, known);
  for (const cluster of clusters) {
    cluster.chance = chance(cluster.earliest);
    if (cluster.isKnown) continue;
    cluster.part = PARTS.find((part) => cluster.chance < intervals[part][1])!;
    cluster.parts = ONLY[cluster.part];
  }
  fillParts(clusters, intervals);
  return pictures.map(({ key }, i) => known.get(key) ?? clusters[numbers[i]!]!.part);
}

function intervalsOf(shares: Shares): Record<Part, Interval> {
  const [train, validation] = [shares[0] / 100, (shares[0] + shares[1]) / 100];
  // A part without a share ends where it begins; the last one that has a share ends at 1, whatever the sum rounds to.
  const last = shares[2] > 0 ? 2 : shares[1] > 0 ? 1 : 0;
  return {
    train: [0, last === 0 ? 1 : train],
    validation: [train, last === 1 ? 1 : validation],
    test: [validation, 1],
  };
}

/** The clusters by their numbers, each with its earliest picture: of those that are known the first, else the smallest key. */
function clustersOf(
  pictures: readonly SplitPicture[],
  numbers: Uint32Array,
  known: ReadonlyMap<string, Part>,
): (Cluster & { earliest: string })[] {
  const places = new Map([...known.keys()].map((key, place) => [key, place]));
  const clusters: (Cluster & { earliest: string })[] = [];
  for (const [i, { key, label }] of pictures.entries()) {
    const part = known.get(key);
    const number = numbers[i]!;
    clusters[number] ??= {
      labels: [label],
      chance: 0,
      parts: part === undefined ? NONE : ONLY[part],
      part: part ?? 'train',
      isKnown: part !== undefined,
      earliest: key,
    };
    const cluster = clusters[number];
    if (!cluster.labels.includes(label)) cluster.labels.push(label);
    if (part !== undefined && !cluster.parts.includes(part)) cluster.parts = [...cluster.parts, part];
    const [place, before] = [places.get(key), places.get(cluster.earliest)];
    const isEarlier =
      place === undefined
        ? before === undefined && key < cluster.earliest
        : before === undefined || place < before;
    if (!isEarlier) continue;
    cluster.earliest = key;
    cluster.isKnown = part !== undefined;
    if (part !== undefined) cluster.part = part;
  }
  return clusters;
}

/**
 * Moves new clusters, those nearest to where they are missing, until every class has one to train on, and a class with three
 * or more one in each part that has a share.
 */
function fillParts(clusters: readonly Cluster[], intervals: Record<Part, Interval>): void {
  const classes = new Map<number, ClassClusters>();
  for (const cluster of clusters) {
    for (const label of cluster.labels) {
      const ofClass = classes.get(label) ?? { clusters: [], counts: { train: 0, validation: 0, test: 0 } };
      classes.set(label, ofClass);
      ofClass.clusters.push(cluster);
      for (const part of cluster.parts) ofClass.counts[part]++;
    }
  }
  const hasShare = (part: Part) => intervals[part][0] < intervals[part][1];
  const isWanted = ({ clusters: all }: ClassClusters, part: Part) =>
    part === 'train' || (hasShare(part) && all.length >= PARTS.length);
  /** Whether no class would miss it where it is. */
  const isSpare = ({ labels, part }: Cluster) =>
    labels.every((label) => {
      const ofClass = classes.get(label)!;
      return !isWanted(ofClass, part) || ofClass.counts[part] > 1;
    });
  for (const [, ofClass] of [...classes].sort(([a], [b]) => a - b)) {
    // There is nothing to judge of a class that isn't learnt: to train on comes first, whatever another class misses then.
    for (const part of ['train', 'test', 'validation'] as const) {
      if (!isWanted(ofClass, part) || ofClass.counts[part] > 0) continue;
      const movable = ofClass.clusters.filter((one) => !one.isKnown && (part === 'train' || isSpare(one)));
      const [nearest] = movable.sort((a, b) => distance(a, intervals[part]) - distance(b, intervals[part]));
      if (nearest === undefined) continue;
      for (const label of nearest.labels) {
        classes.get(label)!.counts[nearest.part]--;
        classes.get(label)!.counts[part]++;
      }
      nearest.part = part;
      nearest.parts = ONLY[part];
    }
  }
}

/** The clusters with pictures of a class, and how many of them are in each part. */
interface ClassClusters {
  clusters: Cluster[];
  counts: Record<Part, number>;
}

function distance({ chance }: Cluster, [from, to]: Interval): number {
  return chance < from ? from - chance : chance < to ? 0 : chance - to;
}
