import { env } from '@tensorflow/tfjs-core';

const LARGEST_BATCH = 48;
/** Drivers and browsers stop a device whose commands take some ten seconds. */
const LONGEST_SUBMIT_MS = 1000;

/** How many dispatches go into one submit: many, as each submit costs, unless they are slow on this device. */
export class Submissions {
  readonly #queue: GPUQueue;
  #batchSize = LARGEST_BATCH;
  #lastEnd = 0;

  constructor(queue: GPUQueue) {
    this.#queue = queue;
    this.#use(LARGEST_BATCH);
  }

  get batchSize(): number {
    return this.#batchSize;
  }

  /** Call before `dispatches` commands are submitted: takes the time until they have run. */
  submitting(dispatches: number): void {
    if (dispatches === 0) return;
    const start = performance.now();
    Promise.resolve().then(async () => {
      try {
        await this.#queue.onSubmittedWorkDone();
      } catch {
        return; // the device is lost, which others report
      }
      const end = performance.now();
      const duration = end - Math.max(start, this.#lastEnd);
      this.#lastEnd = end;
      const fitting = Math.floor((dispatches * LONGEST_SUBMIT_MS) / duration);
      // Down at once, up slowly: which dispatches a submit holds differs from one to the next.
      this.#use(Math.max(1, Math.min(LARGEST_BATCH, fitting, this.#batchSize + 4)));
    });
  }

  #use(batchSize: number): void {
    this.#batchSize = batchSize;
    env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', batchSize); // the same for tfjs's own kernels
  }
}
