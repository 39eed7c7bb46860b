import { createHash } from 'node:crypto';
import type { DataError, LoadOptions, Survey, Task } from '@residual/data';
import { fingerprint } from '../fingerprint.js';
import { channelsOf, toColor } from '../grey.js';
import { crc32 } from '../pack/crc32.js';
import { readPackIndex } from '../pack/packFormat.js';
import { emptyIndex, type PackEntry, type PackHead, type PackIndex, type Stamp } from '../pack/packIndex.js';
import { PackPictures } from '../pack/packPictures.js';
import { keptSteps, storedForm } from '../pack/storedForm.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import { inOrder } from './inTurns.js';
import type { Listing } from './listing.js';
import { PackFile, PackWriter } from './packFile.js';
import { canonical, type PackStore } from './packStore.js';
import { decoderName } from './sharp.js';

/** Pictures that were decoded once. */
export interface Packed {
  readonly index: PackIndex;
  /** Where they are kept; left out where they can't be: then they are read from their files. */
  readonly pack?: { readonly path: string; readonly file: PackFile };
}

/** A listing's files, and by what each is known. */
export interface Stamped {
  readonly files: Files;
  readonly listing: Listing;
  /** One for each of the listing's pictures. */
  readonly stamps: readonly Stamp[];
}

type Chosen = Pick<Task, 'picture' | 'steps'>;

/** A pack as it was found. */
interface Found {
  readonly path: string;
  readonly file: PackFile;
  readonly index: PackIndex;
}

/** The survey of these files that one of their packs has; undefined where they have changed since, or have none. */
export async function packedSurvey(store: PackStore, stamped: Stamped): Promise<Survey | undefined> {
  for (const path of await store.files()) {
    const found = await openPack(path).catch(() => undefined); // said when it's the one to use
    if (found !== undefined && isOf(found.index, stamped)) return found.index.head.survey;
  }
  return undefined;
}

/**
 * The pack of a listing's pictures for a task's steps: as it lies there, or made anew, of what is in it and has not changed.
 *
 * @throws the signal's reason, when nothing half is left; what reading a file throws that is of no one file
 */
export async function packed(
  stamped: Stamped,
  survey: Survey,
  chosen: Chosen,
  store: PackStore,
  options: LoadOptions & { onRemark: (sentence: string) => void },
): Promise<Packed> {
  const { onRemark } = options;
  const path = store.file(keptSteps(chosen.steps));
  const decoder = await decoderName();
  const found = await openPack(path).catch((error: DataError) => {
    if (isMissing(error)) return undefined;
    onRemark(
      `${path} can't be used (it is ${error.received ?? error.message}): the pictures are packed anew.`,
    );
    return undefined;
  });
  const isForSteps =
    found !== undefined &&
    canonical(keptSteps(found.index.head.steps)) === canonical(keptSteps(chosen.steps));
  const isSameDecoder = found?.index.head.decoder === decoder;
  const isSameLimits = canonical(found?.index.head.limits) === canonical(stamped.files.limits);
  const before = isForSteps && isSameDecoder && isSameLimits ? found : undefined;
  if (before !== undefined && isOf(before.index, stamped)) {
    await store.used(path);
    return { index: before.index, pack: before };
  }
  if (isForSteps && !isSameDecoder) {
    onRemark(
      `${path} was made with ${found.index.head.decoder}, this is ${decoder}: the pictures are packed anew.`,
    );
  }
  const head = {
    classNames: stamped.listing.classNames,
    ...chosen,
    decoder,
    limits: stamped.files.limits,
    survey,
  };
  return pack(stamped, head, path, store, before, options);
}

async function pack(
  stamped: Stamped,
  head: Omit<PackHead, 'broken'>,
  path: string,
  store: PackStore,
  before: Found | undefined,
  { onProgress, onRemark, signal }: LoadOptions & { onRemark: (sentence: string) => void },
): Promise<Packed> {
  const { files, listing, stamps } = stamped;
  const total = listing.pictures.length;
  const broken: PackHead['broken'][number][] = [];
  const index = emptyIndex({ ...head, broken }, total);
  const kept = before && new Kept(before);
  const stored = storedForm(head.steps);
  let anew = 0;
  let writer: PackWriter | undefined;
  const giveUp = async (error: unknown): Promise<undefined> => {
    onRemark(`${reasonNotKept(error, path)}: pictures are decoded anew in each epoch, which is slower.`);
    await writer?.drop();
    writer = undefined;
  };
  try {
    await store.prepare();
    writer = await PackWriter.create(path);
  } catch (error) {
    await giveUp(error);
  }
  try {
    await inOrder(
      total,
      async (i) => {
        signal?.throwIfAborted();
        const { path: name, label, part } = listing.pictures[i]!;
        const stamp = stamps[i]!;
        const same = await kept?.take(name, stamp);
        if (same === undefined) anew++;
        const made = same ?? (await decoded(files, name, stored));
        return 'reason' in made ? made : { ...made, path: name, stamp, label, part };
      },
      async (made, i) => {
        if ('reason' in made) {
          broken.push({ file: listing.pictures[i]!.path, reason: made.reason, at: i, stamp: stamps[i]! });
        } else {
          index.add(made);
          await writer?.write(made.pixels).catch(giveUp);
        }
        onProgress?.({ what: 'packing', done: i + 1, total });
      },
    );
    signal?.throwIfAborted();
    if (kept !== undefined && anew + kept.left > 0) {
      const gone = kept.left === 0 ? '' : `, ${kept.left} gone or replaced`;
      onRemark(
        `${files.where} has changed since it was packed (${anew} files new or changed${gone}): only these were decoded.`,
      );
    }
    const file = await writer?.finish(index).catch(giveUp);
    if (file === undefined) return { index };
    await store.used(path);
    return { index, pack: { path, file } };
  } catch (error) {
    await writer?.drop();
    throw error;
  }
}

type Decoded = Omit<PackEntry, 'path' | 'stamp' | 'label' | 'part'> & {
  readonly pixels: Uint8Array | Uint8ClampedArray;
};
type Broken = { readonly reason: string };

async function decoded(
  files: Files,
  path: string,
  stored: ReturnType<typeof storedForm>,
): Promise<Decoded | Broken> {
  try {
    const bytes = await files.read(path);
    const original = await decodePicture(bytes, { where: path, ...files.limits });
    const { data, width, height } = stored(original);
    return {
      sha256: createHash('sha256').update(bytes).digest(),
      originalWidth: original.width,
      originalHeight: original.height,
      ...levelsOf({ data, width, height }),
      fingerprint: fingerprint({ data, width, height }),
      notes: original.notes,
      crc32: crc32(data),
      picture: { width, height, channels: channelsOf({ data, width, height }) },
      pixels: data,
    };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Why a file is no picture to train on. What no other file would do better with is thrown: no sharp, another archive. */
function reasonOf(error: unknown): string {
  const { name, code, expected, received, fix } = error as DataError;
  const isOfFile =
    (name === 'PicturesError' && ['PICTURE', 'FILE'].includes(code)) ||
    (name === 'DataError' && code !== 'MISMATCH'); // an archive that has changed
  if (!isOfFile) throw error;
  return `expected ${expected}, received ${received}. ${fix}`.replace(/\.$/, '');
}

/** Whether all three channels are the same everywhere, and the means of the levels and of their squares. */
function levelsOf(picture: Parameters<typeof toColor>[0]): Pick<PackEntry, 'isGrey' | 'moments'> {
  const { data } = toColor(picture);
  let isGrey = true;
  const sums = new Float64Array(6);
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    if (red !== green || red !== blue) isGrey = false;
    sums[0]! += red;
    sums[1]! += green;
    sums[2]! += blue;
    sums[3]! += red * red;
    sums[4]! += green * green;
    sums[5]! += blue * blue;
  }
  return { isGrey, moments: sums.map((sum) => sum / (data.length / 3)) };
}

/** What an older pack has of files that have not changed. */
class Kept {
  readonly #pictures: PackPictures;
  readonly #index: PackIndex;
  readonly #places = new Map<string, number>();
  readonly #broken: Map<string, PackHead['broken'][number]>;

  constructor({ index, file }: Found) {
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

async function openPack(path: string): Promise<Found> {
  const file = await PackFile.open(path);
  return { path, file, index: await readPackIndex(file) };
}

/** Whether an index is of exactly these files, as they are now, with the same labels and parts. */
function isOf(index: PackIndex, { listing: { classNames, pictures }, stamps }: Stamped): boolean {
  const { head, length } = index;
  const areClasses =
    head.classNames.length === classNames.length &&
    head.classNames.every((name, i) => name === classNames[i]);
  if (!areClasses || length + head.broken.length !== pictures.length) return false;
  let brokenBefore = 0;
  return pictures.every(({ path, label, part }, at) => {
    const broken = head.broken[brokenBefore];
    if (broken?.at === at) {
      brokenBefore++;
      return broken.file === path && isSame(broken.stamp, stamps[at]!);
    }
    const i = at - brokenBefore;
    return (
      i < length &&
      isSame(index.stamp(i), stamps[at]!) &&
      index.label(i) === label &&
      index.part(i) === part &&
      index.path(i) === path
    );
  });
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.bytes === b.bytes && a.modified === b.modified;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function reasonNotKept(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: "this user's share of the disk is full",
    EACCES: 'no permission to write it',
    EPERM: 'no permission to write it',
    EROFS: 'the disk is read-only',
  };
  return `The decoded pictures can't be kept in ${path} (${reasons[code ?? ''] ?? message})`;
}
