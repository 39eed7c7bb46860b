import { createHash, randomBytes } from 'node:crypto';
import { constants, copyFile, link, readFile, realpath, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isRunning, makeFolder, temporaryName } from '@residual/weights/node';
import { codeOf, TrainerError } from '../error.js';
import { storageError } from './files.node.js';

/** The name of the file in a folder that says which process holds it; with more behind it, of one that takes such a file away. */
export const HOLD_FILE = '.residual-hold';

/** Who holds a folder. */
interface Holder {
  host: string;
  pid: number;
  /** When the process began, as the system says; null where it doesn't. Tells it from a later one with its number. */
  began: string | null;
  /** The folder: a copy of it isn't held. */
  folder: string;
}

/** What is in the files by which this process holds folders. */
const own = new Set<string>();

/**
 * Does `work` while no other process holds `folder`: two runs in one folder would overwrite each other's files. The hold is a file in
 * it, which goes when `work` ends. That of a process that was killed holds nothing: the next one takes it away.
 *
 * Of a process on another machine, or in another container, nobody knows whether it runs: its hold stays until its file is removed.
 *
 * @param folder is made where there is none
 * @param work is given what rejects, with `STORAGE`, once the folder is held no more: it was moved or removed, or the file in it
 * @throws TrainerError `IN_USE` when another process holds it, `STORAGE` when the disk refuses; what `work` throws.
 *
 * @example
 * await holdFolder('runs/first', () => trainer.fit(model, data));
 */
export async function holdFolder<T>(
  folder: string,
  work: (requireHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const { isHeld, release } = await take(folder).catch((error: unknown) => {
    throw codeOf(error) === 'IN_USE' ? error : storageError(folder, 'a folder that can be written', error);
  });
  try {
    return await work(async () => {
      if (!(await isHeld())) throw taken(folder);
    });
  } finally {
    await release();
  }
}

/** A hold that was taken. */
interface Hold {
  /** Whether the file is still there. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

async function take(folder: string): Promise<Hold> {
  await makeFolder(folder);
  const self: Holder = {
    host: hostname(),
    pid: process.pid,
    began: await beginningOf(process.pid),
    folder: await realpath(folder),
  };
  return takeFile(folder, join(folder, HOLD_FILE), self);
}

async function takeFile(folder: string, path: string, self: Holder): Promise<Hold> {
  const text = JSON.stringify({ ...self, id: randomBytes(6).toString('hex') });
  own.add(text); // before the file is there: who reads it in between must not think that it is left over
  try {
    while (!(await put(path, text))) {
      const found = await read(path);
      if (found === undefined) continue; // it has just gone
      const holder = parse(found);
      const isLeft = holder === undefined || !(await isInUse(holder, self, own.has(found)));
      if (!isLeft) throw inUse(folder, holder, self);
      await takeAway(folder, path, found, self);
    }
  } catch (error) {
    own.delete(text);
    throw error;
  }
  const isHeld = async () => (await read(path).catch(() => text)) === text; // a disk that refuses to read it says nothing of it
  return {
    isHeld,
    async release() {
      if ((await read(path).catch(() => undefined)) === text) await unlink(path).catch(() => {});
      own.delete(text); // after the file has gone, for the same reason
    },
  };
}

/** Whether the file was made, whole, where there was none. */
async function put(path: string, text: string): Promise<boolean> {
  const temporary = join(dirname(path), temporaryName());
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await copyTo(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary).catch(() => {});
  }
}

/**
 * Removes what a holder that is gone has left. Of those that found it, one at a time may: a second one could remove the file that
 * the first has put in its place. So this is a hold as well, of its own for each text, which who is killed here leaves to the next.
 *
 * @throws TrainerError `IN_USE` when another is about to take the folder
 */
async function takeAway(folder: string, path: string, found: string, self: Holder): Promise<void> {
  const id = createHash('sha256').update(found).digest('hex').slice(0, 12);
  const { release } = await takeFile(folder, `${join(folder, HOLD_FILE)}-${id}`, self);
  try {
    if ((await read(path)) === found) await unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error; // someone removed it by hand
  } finally {
    await release();
  }
}

/** Under a name that no file has: whole at once, where the disk has links. @throws the system's error, `EEXIST` where a file has it */
async function copyTo(from: string, path: string): Promise<void> {
  try {
    await link(from, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    await copyFile(from, path, constants.COPYFILE_EXCL);
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for what is no such file, which a disk may have left of one when the power failed. */
function parse(text: string): Holder | undefined {
  try {
    const { host, pid, began, folder } = JSON.parse(text) as Holder;
    return Number.isSafeInteger(pid) ? { host, pid, began, folder } : undefined;
  } catch {
    return undefined;
  }
}

/** @param isOwn whether this process has written the file, and holds the folder still */
async function isInUse({ host, pid, began, folder }: Holder, self: Holder, isOwn: boolean): Promise<boolean> {
  if (folder !== self.folder) return false;
  if (host !== self.host) return true;
  if (pid === self.pid && began === self.began) return isOwn;
  return isRunning(pid) && (await beginningOf(pid)) === began;
}

/** On Linux, in ticks of its clock since it was started: the 22nd field, of which the second, in brackets, may hold anything. */
async function beginningOf(pid: number): Promise<string | null> {
  const facts = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return facts?.slice(facts.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function taken(where: string): TrainerError {
  return new TrainerError('STORAGE', {
    where,
    expected: 'the folder in which the work began',
    received: 'none of that name, or another one: it was moved or removed meanwhile',
    fix: 'Go on where it is now, or begin again.',
  });
}

function inUse(where: string, { host, pid }: Holder, self: Holder): TrainerError {
  const isHere = host === self.host;
  return new TrainerError('IN_USE', {
    where,
    expected: 'a folder that no other process is using',
    received: isHere ? `one that process ${pid} is using` : `one that process ${pid} of ${host} was using`,
    fix: isHere
      ? 'Wait for it or stop it, or choose another folder.'
      : `If that one has ended, remove ${join(where, HOLD_FILE)}.`,
  });
}
