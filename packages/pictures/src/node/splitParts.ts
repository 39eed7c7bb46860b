import { readFile } from 'node:fs/promises';
import {
  DataError,
  type Fingerprint,
  groupsBy,
  type LoadOptions,
  type Part,
  parseSplit,
  SHARES,
  type Shares,
  type Split,
  type SplitPicture,
  seedSchema,
  sharesSchema,
  splitPictures,
} from '@residual/data';
import { writeWhole } from '@residual/weights/node';
import * as v from 'valibot';
import type { PackIndex } from '../pack/packIndex.js';
import { isMissing, type PackStore } from './packStore.js';

/** What a row of picture files may say of their parts. */
export const splitParameters = {
  /** A regular expression that finds in each path who or what is shown: all of its pictures are in one part. */
  group: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** How many of a hundred pictures go into train, validation and test. Default 80, 10 and 10. */
  shares: v.optional(sharesSchema),
  /** Default 0. */
  splitSeed: v.optional(seedSchema),
};

export interface SplitFields {
  group?: string;
  shares?: Shares;
  splitSeed?: number;
}

/** The part of each picture of an index; undefined for those that are left out. */
export interface Parted {
  readonly parts: readonly (Part | undefined)[];
  /** Where the pictures came in no parts of their own. */
  readonly split?: Split;
}

interface Asked {
  /** The folder or file, for messages. */
  readonly where: string;
  readonly store: PackStore;
  readonly fields: SplitFields;
  readonly options: Pick<LoadOptions, 'split'> & { onRemark: (sentence: string) => void };
}

/**
 * Divides the pictures of an index that come in no parts. Those of a run's split stay where they were, and others are left out, unless
 * all are others; else a file beside the pack remembers where each is, also when others are added.
 *
 * @throws DataError `ARGUMENT` for options of pictures that have parts of their own, and as `groupsBy`; for a damaged file as
 *   `parseSplit`.
 */
export async function partsOf(index: PackIndex, { where, store, fields, options }: Asked): Promise<Parted> {
  const all = Array.from({ length: index.length }, (_, i) => i);
  const own = all.map((i) => index.part(i));
  if (!own.includes('')) {
    requireNoSplit(where, fields);
    return { parts: own as Part[] };
  }
  const keys = all.map((i) => Buffer.from(index.sha256(i)).toString('hex'));
  const { split: ofRun } = options;
  if (ofRun !== undefined && keys.some((key) => Object.hasOwn(ofRun.parts, key)))
    return knownParts(keys, ofRun);
  const { group = null, shares = SHARES, splitSeed: seed = 0 } = fields;
  const groups =
    group === null
      ? []
      : groupsBy(
          group,
          all.map((i) => index.path(i)),
        );
  const pictures = all.map((i) => new IndexedPicture(index, i, keys[i]!, groups[i]));
  const file = store.split({ group, shares, seed });
  const known = await readSplit(file, options);
  const { parts, split } = splitPictures(pictures, { group, shares, seed, known });
  if (split !== known)
    await keepSplit(file, split, store).catch((error) => options.onRemark(notKept(file, error)));
  return { parts, split };
}

/** Its numbers stay in the index until they are asked for: there may be very many such pictures. */
class IndexedPicture implements SplitPicture {
  readonly #index: PackIndex;
  readonly #place: number;
  readonly key: string;
  readonly group: string | undefined;

  constructor(index: PackIndex, place: number, key: string, group: string | undefined) {
    this.#index = index;
    this.#place = place;
    this.key = key;
    this.group = group;
  }

  get label(): number {
    return this.#index.label(this.#place);
  }

  get fingerprint(): Fingerprint {
    return this.#index.fingerprint(this.#place);
  }
}

/** Only those that the run has had: others would make another run of it. */
function knownParts(keys: readonly string[], split: Split): Parted {
  return {
    parts: keys.map((key) => (Object.hasOwn(split.parts, key) ? split.parts[key] : undefined)),
    split,
  };
}

/** Who may not read the cache does without it; what is there and damaged is refused. */
async function readSplit(file: string, { onRemark }: Asked['options']): Promise<Split | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    onRemark(`The parts of the pictures can't be read from ${file} (${message}): they are computed anew.`);
    return undefined;
  }
  return parseSplit(text, file);
}

async function keepSplit(file: string, split: Split, store: PackStore): Promise<void> {
  await store.prepare();
  await writeWhole(file, [new TextEncoder().encode(`${JSON.stringify(split)}\n`)]);
}

function notKept(file: string, { message }: Error): string {
  return `The parts of the pictures can't be kept in ${file} (${message}): when pictures are added, others may change their part.`;
}

function requireNoSplit(where: string, { group, shares, splitSeed }: SplitFields): void {
  const given = { group, shares, splitSeed };
  const asked = Object.entries(given).filter(([, value]) => value !== undefined);
  if (asked.length === 0) return;
  throw new DataError('ARGUMENT', {
    where,
    expected: 'nothing to divide pictures by that come in parts of their own',
    received: asked.map(([name, value]) => `${name} ${[value].flat().join('/')}`).join(', '),
    fix: 'Leave it out, or put the classes of all parts together.',
  });
}
