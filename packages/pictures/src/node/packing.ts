import { createHash } from 'node:crypto';
import type { DataError, LoadOptions, Survey, Task } from '@residual/data';
import { emptyIndex, type PackHead, type PackIndex } from '../pack/packIndex.js';
import { keptKey, keptSteps, startsOpaque, storedForm } from '../pack/storedForm.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import { type Broken, type FoundPack, isOf, Kept, openPack } from './foundPack.js';
import { inOrder, Turns } from './inTurns.js';
import { type Decoded, keptPicture } from './keptPicture.js';
import type { Stamped } from './listed.js';
import { type PackFile, PackWriter } from './packFile.js';
import { isMissing, type PackStore } from './packStore.js';
import type { PackWorkers } from './packWorkers.js';
import { decoderName } from './sharp.js';

/** Pictures that were decoded once. */
export interface Packed {
  readonly index: PackIndex;
  /** Where they are kept; left out where they can't be: then they are read from their files. */
  readonly pack?: { readonly path: string; readonly file: PackFile };
}

export interface PackOptions extends Pick<LoadOptions, 'onProgress' | 'signal'> {
  readonly onRemark: (sentence: string) => void;
  /** What can make pictures in other threads; left out, this one does. */
  readonly workers?: PackWorkers | undefined;
}

type Chosen = Pick<Task, 'picture' | 'steps'>;

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
  options: PackOptions,
): Promise<Packed> {
  const { onRemark } = options;
  const path = store.file(keptKey(chosen.steps));
  const decoder = await decoderName();
  const found = await openPack(path).catch((error: DataError) => {
    if (isMissing(error)) return undefined;
    onRemark(
      `${path} can't be used (it is ${error.received ?? error.message}): the pictures are packed anew.`,
    );
    return undefined;
  });
  const isForSteps = found !== undefined && keptKey(found.index.head.steps) === keptKey(chosen.steps);
  const isSameDecoder = found?.index.head.decoder === decoder;
  const isSameLimits = JSON.stringify(found?.index.head.limits) === JSON.stringify(stamped.files.limits);
  const before = isForSteps && isSameDecoder && isSameLimits ? found : undefined;
  if (before !== undefined && isOf(before.index, stamped)) {
    await store.used(path);
    const { index, file } = before;
    return { index, pack: { path, file } };
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
  before: FoundPack | undefined,
  { onProgress, onRemark, signal, workers }: PackOptions,
): Promise<Packed> {
  const { files, listing, stamps } = stamped;
  const total = listing.pictures.length;
  const broken: PackHead['broken'][number][] = [];
  const index = emptyIndex({ ...head, broken }, total);
  const kept = before && new Kept(before);
  const maker = pictureMaker(files, head.steps, workers);
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
        const { path: name, label, part } = listing.pictures.at(i);
        const stamp = stamps.at(i);
        const same = await kept?.take(name, stamp);
        if (same === undefined) anew++;
        const made = same ?? (await maker.make(name));
        return 'reason' in made ? made : { ...made, path: name, stamp, label, part };
      },
      async (made, i) => {
        if ('reason' in made) {
          broken.push({ file: listing.pictures.path(i), reason: made.reason, at: i, stamp: stamps.at(i) });
        } else {
          index.add(made);
          await writer?.write(made.pixels).catch(giveUp);
          (made as { release?: () => void }).release?.();
        }
        onProgress?.({ what: 'packing', done: i + 1, total });
      },
      maker.atATime,
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

/** Makes pictures to be packed: plain JPEGs in threads of their own, where there are some, all others here. */
function pictureMaker(files: Files, steps: PackHead['steps'], given: PackWorkers | undefined) {
  const workers = startsOpaque(steps) ? given : undefined;
  workers?.begin({ steps: keptSteps(steps) });
  const stored = storedForm(steps);
  const turns = new Turns();
  return {
    atATime: workers?.atATime,
    async make(path: string) {
      const direct = workers && (await files.direct?.(path));
      const made = direct && (await workers!.make(direct));
      if (made) return made;
      await turns.take(); // for memory: several may be large
      return decoded(files, path, steps, stored).finally(() => turns.give());
    },
  };
}

async function decoded(
  files: Files,
  path: string,
  steps: PackHead['steps'],
  stored: ReturnType<typeof storedForm>,
): Promise<Decoded | Broken> {
  try {
    const bytes = await files.read(path);
    const original = await decodePicture(bytes, {
      where: path,
      withoutAlpha: startsOpaque(steps),
      ...files.limits,
    });
    return keptPicture(original, stored, createHash('sha256').update(bytes).digest());
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
