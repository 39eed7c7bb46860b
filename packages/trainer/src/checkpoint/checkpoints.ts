import { codeOf, messageOf, TrainerError } from '../error.js';
import type { CheckpointStorage } from '../storage/storage.js';
import { type Checkpoint, type CheckpointState, decodeCheckpoint } from './checkpoint.js';

const NAME = /^checkpoint-(\d{9,})\.safetensors$/;

/** Such as `checkpoint-000000469.safetensors`: the names sort by step. */
export function checkpointName(step: number): string {
  return `checkpoint-${String(step).padStart(9, '0')}.safetensors`;
}

/** The steps of the stored checkpoints, the latest first. Files of other names are left alone. @throws TrainerError `STORAGE` */
export async function storedSteps(storage: CheckpointStorage): Promise<number[]> {
  const names = await storage.list();
  return names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** @throws TrainerError `FORMAT`, `VERSION`, `STORAGE` */
export async function readCheckpoint(storage: CheckpointStorage, name: string): Promise<Checkpoint> {
  return decodeCheckpoint(await storage.read(name), name);
}

/**
 * The latest checkpoint that is whole; damaged ones are passed over, and listed in its `passedOver`.
 *
 * @returns undefined when there is none at all
 * @throws TrainerError `FORMAT` when there are some and all are damaged, `VERSION` when the latest whole one comes from
 *   another version of this library, `STORAGE` when they can't be read.
 */
export async function latestCheckpoint(storage: CheckpointStorage): Promise<Checkpoint | undefined> {
  const passedOver: Checkpoint['passedOver'] = [];
  for (const step of await storedSteps(storage)) {
    const name = checkpointName(step);
    try {
      return { ...(await readCheckpoint(storage, name)), passedOver };
    } catch (error) {
      if (codeOf(error) !== 'FORMAT') throw error;
      passedOver.push({ name, reason: messageOf(error) });
    }
  }
  if (passedOver.length === 0) return undefined;
  throw new TrainerError('FORMAT', {
    where: 'checkpoints',
    expected: 'a whole one',
    received: `only damaged ones: ${passedOver.map(({ name }) => name).join(', ')}`,
    fix: 'Remove them and start again.',
  });
}

/**
 * The checkpoint after the best epoch of a run.
 *
 * @returns undefined when there is none
 * @throws as {@link latestCheckpoint}
 */
export async function bestCheckpoint(storage: CheckpointStorage): Promise<Checkpoint | undefined> {
  const best = (await latestCheckpoint(storage))?.best;
  return best && readCheckpoint(storage, checkpointName(best.step));
}

/** Which checkpoints stay. */
export interface Retention {
  /** How many to keep. Default 2: should one be damaged, there is the one before. */
  keepLast?: number;
  /** Whether to keep the one after the best epoch too. Default true. */
  keepBest?: boolean;
  /** Keep those after each so manieth epoch for good too: what lies between two of them can be computed again. Default: none. */
  keepEvery?: number;
}

/**
 * Removes what a verified checkpoint of this state makes superfluous.
 *
 * Later steps go first: they are damaged, or belong to a future that the run went back from.
 *
 * @returns the removed names
 */
export async function prune(
  storage: CheckpointStorage,
  { step, best, history }: Pick<CheckpointState, 'step' | 'best' | 'history'>,
  { keepLast = 2, keepBest = true, keepEvery = Number.POSITIVE_INFINITY }: Retention,
): Promise<string[]> {
  const steps = await storedSteps(storage);
  const kept = new Set(steps.filter((stored) => stored <= step).slice(0, keepLast));
  if (keepBest && best !== undefined) kept.add(best.step);
  for (const record of history) if (record.epoch % keepEvery === 0) kept.add(record.step);
  const removed = steps.filter((stored) => !kept.has(stored)).map(checkpointName);
  for (const name of removed) await storage.remove(name);
  return removed;
}

/** @throws TrainerError `OPTION` when checkpoints are there already: a new run would mix its own with them. */
export async function requireNoCheckpoints(storage: CheckpointStorage): Promise<void> {
  const [latest] = await storedSteps(storage);
  if (latest === undefined) return;
  throw new TrainerError('OPTION', {
    where: 'checkpoints.storage',
    expected: 'a place without checkpoints for a new run',
    received: checkpointName(latest),
    fix: 'Resume from it (resume: await latestCheckpoint(storage)), or choose another place.',
  });
}
