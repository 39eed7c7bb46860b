import { positive, positiveInteger, requireNumber } from '../error.js';
import type { CheckpointEvent } from '../events.js';
import type { CheckpointStorage } from '../storage/storage.js';
import {
  type CheckpointState,
  type CheckpointTensors,
  decodeCheckpoint,
  encodeCheckpoint,
} from './checkpoint.js';
import { checkpointName, prune } from './checkpoints.js';

/** When to write checkpoints, and which to keep. One is written after every epoch and on abort in any case. */
export interface CheckpointPolicy {
  storage: CheckpointStorage;
  /** Also when this much time has passed since the last one. */
  everySeconds?: number;
  /** Also after every so many steps. */
  everySteps?: number;
  /** How many to keep. Default 2: should one be damaged, there is the one before. */
  keepLast?: number;
  /** Whether to keep the one after the best epoch too. Default true. */
  keepBest?: boolean;
}

/** @throws TrainerError `OPTION` */
export function requirePolicy({ everySeconds, everySteps, keepLast }: CheckpointPolicy): void {
  if (everySeconds !== undefined) requireNumber('checkpoints.everySeconds', everySeconds, positive);
  if (everySteps !== undefined) requireNumber('checkpoints.everySteps', everySteps, positiveInteger);
  if (keepLast !== undefined) {
    requireNumber('checkpoints.keepLast', keepLast, positiveInteger, 'Keep 2 unless space is short.');
  }
}

/** Writes a run's checkpoints, and removes old ones once the new one has been read back whole. */
export class CheckpointWriter {
  readonly #policy: CheckpointPolicy;
  #lastSaved = performance.now();

  constructor(policy: CheckpointPolicy) {
    this.#policy = policy;
  }

  isDue(step: number): boolean {
    const { everySteps, everySeconds } = this.#policy;
    if (everySteps !== undefined && step % everySteps === 0) return true;
    return everySeconds !== undefined && performance.now() - this.#lastSaved >= everySeconds * 1000;
  }

  /** @throws TrainerError `STORAGE`, `FORMAT` when what was written doesn't read back; older ones are still there. */
  async save(tensors: CheckpointTensors, state: CheckpointState): Promise<CheckpointEvent> {
    const { storage, keepLast = 2, keepBest = true } = this.#policy;
    const name = checkpointName(state.step);
    const bytes = await write(storage, name, tensors, state);
    await decodeCheckpoint(await storage.read(name), name);
    const removed = await prune(storage, state.step, state.best?.step, { keepLast, keepBest });
    this.#lastSaved = performance.now();
    const { step, epoch, batch } = state;
    return { type: 'checkpoint', name, bytes, step, epoch, batch, removed };
  }
}

/** @returns how many bytes. A function of its own, so that they are gone when they are read back. */
async function write(
  storage: CheckpointStorage,
  name: string,
  tensors: CheckpointTensors,
  state: CheckpointState,
): Promise<number> {
  const bytes = await encodeCheckpoint(tensors, state);
  await storage.write(name, bytes);
  return bytes.length;
}
