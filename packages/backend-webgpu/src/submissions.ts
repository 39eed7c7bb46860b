import { env } from '@tensorflow/tfjs-core';

const FIRST_BATCH = 8;
const LARGEST_BATCH = 48;
/** Drivers and browsers stop a device whose commands take some ten seconds. */
const LONGEST_SUBMIT_MS = 1000;

/** How many dispatches go into one submit: many, as each submit costs, unless they are slow on this device. */
export class Submissions {
  readonly #queue: GPUQueue;
  #batchSize = FIRST_BATCH;
  #lastEnd = 0;

  constructor(queue: GPUQueue) {
    this.#queue = queue;
    this.#use(FIRST_BATCH);
  }

  get batchSize(): number {
    return this.#batchSize;
  }

  /** Call before `dispatches` commands are submitted: takes the time until they have run. */
  submitting(dispatches: number): void {
    if (dispatches > 0) queueMicrotask(() => this.#measure(dispatches));
  }

  async #measure(dispatches: number): Promise<void> {
    const start = performance.now();
    try {
      await this.#queue.onSubmittedWorkDone();
    } catch {
      return; // the device is lost, which is told elsewhere
    }
    const end = performance.now();
    const duration = end - Math.max(start, this.#lastEnd);
    this.#lastEnd = end;
    const fitting = Math.floor((dispatches * LONGEST_SUBMIT_MS) / duration);
    this.#use(Math.max(1, Math.min(LARGEST_BATCH, fitting, 2 * this.#batchSize)));
  }

  #use(batchSize: number): void {
    this.#batchSize = batchSize;
    env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', batchSize); // the same for tfjs's own kernels
  }
}
