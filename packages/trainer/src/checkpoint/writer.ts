import { positive, positiveInteger, requireNumber } from '../error.js';
import type { CheckpointEvent } from '../events.js';
import type { CheckpointStorage, SealedFile } from '../storage/storage.js';
import {
  type CheckpointState,
  type CheckpointTensors,
  checkpointFile,
  decodeCheckpoint,
  encodeSealed,
} from './checkpoint.js';
import { checkpointName, prune, type Retention } from './checkpoints.js';
import { hashState } from './hashState.js';

/** When to write checkpoints, and which to keep. One is written after every epoch and on abort in any case. */
export interface CheckpointPolicy extends Retention {
  storage: CheckpointStorage;
  /** Also when this much time has passed since the last one. */
  everySeconds?: number;
  /** Also after every so many steps. */
  everySteps?: number;
}

/** @throws TrainerError `OPTION` */
export function requirePolicy({ everySeconds, everySteps, keepLast, keepEvery }: CheckpointPolicy): void {
  if (keepEvery !== undefined) requireNumber('checkpoints.keepEvery', keepEvery, positiveInteger);
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
  #chain: string | undefined;
  #writing: Promise<CheckpointEvent> | undefined;

  /** @param resume with which the run goes on */
  constructor(policy: CheckpointPolicy, resume?: Pick<CheckpointState, 'chain' | 'keepEvery'>) {
    this.#policy = { ...policy, keepEvery: policy.keepEvery ?? resume?.keepEvery };
    this.#chain = resume?.chain;
  }

  /** What stands for all that was saved so far; undefined before the first. */
  get chain(): string | undefined {
    return this.#chain;
  }

  isDue(step: number): boolean {
    const { everySteps, everySeconds } = this.#policy;
    if (everySteps !== undefined && step % everySteps === 0) return true;
    return everySeconds !== undefined && performance.now() - this.#lastSaved >= everySeconds * 1000;
  }

  /**
   * Writes a checkpoint of tensors that stay as they are. A storage with `writeSealed` does so while the run goes on, and `written` tells of it.
   *
   * @returns undefined when it isn't written yet
   * @throws TrainerError `STORAGE`, `FORMAT` when what was written doesn't read back; older ones are still there. So does `written`.
   */
  async save(tensors: CheckpointTensors, state: CheckpointState): Promise<CheckpointEvent | undefined> {
    const writing = this.#write(tensors, state);
    if (this.#policy.storage.writeSealed === undefined) return writing;
    this.#lastSaved = performance.now();
    writing.catch(() => {}); // who asks is told
    this.#writing = writing;
  }

  /** Waits for what is being written. @returns undefined where there is none, or it was told of before */
  async written(): Promise<CheckpointEvent | undefined> {
    const writing = this.#writing;
    this.#writing = undefined;
    return writing;
  }

  async #write(tensors: CheckpointTensors, state: CheckpointState): Promise<CheckpointEvent> {
    const { storage, keepEvery } = this.#policy;
    const { step, epoch, batch } = state;
    const name = checkpointName(step);
    const hash = await hashState(tensors, state, this.#chain);
    const kept = keepEvery !== undefined && { keepEvery };
    const file = checkpointFile(tensors, { ...state, chain: hash.chain, ...kept });
    const bytes = await (storage.writeSealed?.(name, file) ?? writeInMemory(storage, name, file));
    this.#chain = hash.chain;
    const removed = await prune(storage, state, this.#policy);
    this.#lastSaved = performance.now();
    return { type: 'checkpoint', name, bytes, step, epoch, batch, ...hash, removed };
  }
}

/** Writes a file and reads it back. @returns its size in bytes */
async function writeInMemory(storage: CheckpointStorage, name: string, file: SealedFile): Promise<number> {
  const write = async () => {
    const bytes = await encodeSealed(file);
    await storage.write(name, bytes);
    return bytes.length;
  };
  const size = await write(); // a function of its own, so that the bytes are gone when they are read back
  await decodeCheckpoint(await storage.read(name), name);
  return size;
}
