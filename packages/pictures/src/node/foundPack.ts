import type { Survey } from '@residual/data';
import { readPackIndex } from '../pack/packFormat.js';
import type { PackHead, PackIndex, Stamp } from '../pack/packIndex.js';
import type { Decoded } from './keptPicture.js';
import type { Stamped } from './listed.js';
import { PackFile } from './packFile.js';
import { PackPictures } from './packPictures.js';
import type { PackStore } from './packStore.js';

/** A pack as it was found. */
export interface FoundPack {
  readonly path: string;
  readonly file: PackFile;
  readonly index: PackIndex;
}

/** @throws the system's error; DataError as `readPackIndex` */
export async function openPack(path: string): Promise<FoundPack> {
  const file = await PackFile.open(path);
  return { path, file, index: await readPackIndex(file) };
}

/** Whether an index is of exactly these files, as they are now, with the same labels and parts. */
export function isOf(index: PackIndex, { listing: { classNames, pictures }, stamps }: Stamped): boolean {
  const { head, length } = index;
  const areClasses =
    head.classNames.length === classNames.length &&
    head.classNames.every((name, i) => name === classNames[i]);
  if (!areClasses || length + head.broken.length !== pictures.length) return false;
  let brokenBefore = 0;
  for (let at = 0; at < pictures.length; at++) {
    const { path, label, part } = pictures.at(at);
    const broken = head.broken[brokenBefore];
    if (broken?.at === at) {
      brokenBefore++;
      if (broken.file !== path || !isSame(broken.stamp, stamps.at(at))) return false;
      continue;
    }
    const i = at - brokenBefore;
    const isThere =
      i < length &&
      isSame(index.stamp(i), stamps.at(at)) &&
      index.label(i) === label &&
      index.part(i) === part &&
      index.path(i) === path;
    if (!isThere) return false;
  }
  return true;
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.bytes === b.bytes && a.modified === b.modified;
}

/** The survey of these files that one of their packs has; undefined where they have changed since, or have none. */
export async function packedSurvey(store: PackStore, stamped: Stamped): Promise<Survey | undefined> {
  for (const path of await store.files()) {
    const found = await openPack(path).catch(() => undefined); // said when it's the one to use
    if (found !== undefined && isOf(found.index, stamped)) return found.index.head.survey;
  }
  return undefined;
}

/** Why it can't be. */
export type Broken = { readonly reason: string };

/** What an older pack has of files that have not changed. */
export class Kept {
  readonly #pictures: PackPictures;
  readonly #index: PackIndex;
  readonly #places = new Map<string, number>();
  readonly #broken: Map<string, PackHead['broken'][number]>;

  constructor({ index, file }: FoundPack) {
    this.#index = index;
    this.#pictures = new PackPictures(file, index);
    for (let i = 0; i < index.length; i++) this.#places.set(index.path(i), i);
    this.#broken = new Map(index.head.broken.map((broken) => [broken.file, broken]));
  }

  /** How many files were not asked for, or have changed. */
  get left(): number {
    return this.#places.size + this.#broken.size;
  }

  async take(path: string, stamp: Stamp): Promise<Decoded | Broken | undefined> {
    const broken = this.#broken.get(path);
    if (broken !== undefined && isSame(broken.stamp, stamp)) {
      this.#broken.delete(path);
      return { reason: broken.reason };
    }
    const i = this.#places.get(path);
    if (i === undefined || !isSame(this.#index.stamp(i), stamp)) return undefined;
    const [picture] = await this.#pictures.read([i]);
    if (picture === undefined) return undefined; // damaged: decoded anew
    this.#places.delete(path);
    return { ...this.#index.entry(i), pixels: picture.data };
  }
}
