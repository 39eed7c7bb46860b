import { SimdError } from './error.js';
import { ARGUMENTS, type SimdMemory } from './memory.js';
import { nodeModule } from './node.js';
import { createWorker, type PoolWorker } from './poolWorker.js';
import { awaitShares } from './shares.js';
import { DONE, SIGNALS } from './signals.js';

/** Computes one thread's share of a kernel whose arguments start at byte `args`. */
type Kernel = (args: number, thread: number, threads: number) => void;

/** As many as there is room for tickets, 16 words apart, before the arguments: 256. */
export const MOST_THREADS = (ARGUMENTS / 4 - SIGNALS.firstTicket) / 16;
/** Loads of `remaining` before a caller that may sleep does so. */
const SPINS = 100_000;

/** A kernel to run, and about how many float operations it is: small ones aren't worth waking threads for. */
export interface Call {
  kernel: string;
  work: number;
}

/** Float operations that take about as long as waking a sleeping thread. */
const WORK_PER_THREAD = 40_000;

/** The most threads that are worth their waking; as many as there are for a kernel without a known size. */
export function threadsFor(call: string | Call): number {
  const work = typeof call === 'string' ? Number.POSITIVE_INFINITY : call.work;
  return Math.max(1, Math.floor(work / WORK_PER_THREAD));
}

/**
 * The threads: the caller is number 0, workers are 1, 2, ...
 *
 * A worker never returns to its event loop while the pool lives: it spins for a moment, then sleeps in an atomic
 * wait, so that a kernel starts within a microsecond during a step and costs nothing between steps.
 */
export class ThreadPool {
  readonly threads: number;
  /** What kept more workers from starting; undefined where all that were asked for have. */
  readonly shortfall: unknown;
  readonly #kernels: Kernel[];
  readonly #names: string[];
  readonly #index: Map<string, number>;
  readonly #workers: PoolWorker[];
  /** On the memory as it was at first: the page of signals stays where it is when shared memory grows. */
  readonly #signals: Int32Array;
  /** Once a worker has not answered: it may still write somewhere. */
  #broken: SimdError | undefined;

  private constructor(
    module: WebAssembly.Module,
    memory: SimdMemory,
    workers: PoolWorker[],
    shortfall: unknown,
  ) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
    const names = Object.keys(exports).sort();
    this.#kernels = names.map((name) => exports[name] as Kernel);
    this.#names = names;
    this.#index = new Map(names.map((name, index) => [name, index]));
    this.#workers = workers;
    this.#signals = memory.words;
    this.threads = workers.length + 1;
    this.shortfall = shortfall;
  }

  /**
   * Starts `threads - 1` workers and waits until each can run kernels. Where one doesn't start, it makes do with those before it.
   *
   * @param threads as planned: `MOST_THREADS` at most, and 1 where the memory isn't shared
   * @param address of worker.js; default: beside this module
   */
  static async start(
    module: WebAssembly.Module,
    memory: SimdMemory,
    threads: number,
    address?: string | URL,
  ): Promise<ThreadPool> {
    const count = threads - 1;
    const workers: PoolWorker[] = [];
    let shortfall: unknown;
    try {
      for (let i = 0; i < count; i++) workers.push(createWorker(address));
    } catch (error) {
      shortfall = error; // such as a limit on threads
    }
    const starts = await Promise.allSettled(
      workers.map((worker, i) =>
        worker.start({ module, memory: memory.memory, thread: i + 1, signals: SIGNALS }),
      ),
    );
    const failed = starts.findIndex(({ status }) => status === 'rejected');
    if (failed >= 0) {
      shortfall = (starts[failed] as PromiseRejectedResult).reason;
      for (const worker of workers.splice(failed)) worker.terminate();
    }
    return new ThreadPool(module, memory, workers, shortfall);
  }

  /** A kernel's number. @throws SimdError `KERNEL` when there is no such kernel. */
  find(name: string): number {
    const index = this.#index.get(name);
    if (index !== undefined) return index;
    throw new SimdError('KERNEL', {
      where: 'simd: run',
      expected: 'the name of a kernel',
      received: JSON.stringify(name),
      fix: 'assembly/index.ts lists them.',
    });
  }

  /**
   * Runs a kernel on the first `threads` threads and returns when all are done.
   *
   * @param index the kernel's number
   * @throws SimdError `KERNEL` when it failed on a thread, or a thread doesn't come to its end.
   */
  run(index: number, args: number, threads: number): void {
    if (this.#broken !== undefined) throw this.#broken;
    const kernel = this.#kernels[index]!;
    const count = Math.min(threads, this.threads);
    if (count <= 1) {
      kernel(args, 0, 1);
      return;
    }
    this.#wake(index, args, count);
    let failed = false;
    try {
      kernel(args, 0, count);
      this.#takeOver(kernel, args, count);
    } finally {
      this.#join(index, count);
      failed = Atomics.exchange(this.#signals, SIGNALS.failed, 0) !== 0;
    }
    if (failed)
      throw this.#failure(index, 'a failure on a worker thread', 'This is a fault: please report it.');
  }

  /** Ends the workers. */
  dispose(): void {
    if (this.#workers.length > 0) this.#wake(-1, 0, this.threads);
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }

  #wake(kernel: number, args: number, threads: number): void {
    const signals = this.#signals;
    signals[SIGNALS.kernel] = kernel;
    signals[SIGNALS.args] = args;
    signals[SIGNALS.threads] = threads;
    Atomics.store(signals, SIGNALS.remaining, threads - 1);
    for (let thread = 1; thread < threads; thread++) {
      const ticket = SIGNALS.firstTicket + 16 * thread;
      Atomics.add(signals, ticket, 1);
      if (Atomics.load(signals, ticket + 1) === 1) Atomics.notify(signals, ticket);
    }
  }

  /** Computes the shares that no worker has begun: on a busy machine a worker may not run for milliseconds. */
  #takeOver(kernel: Kernel, args: number, threads: number): void {
    const signals = this.#signals;
    for (let thread = threads - 1; thread > 0; thread--) {
      const ticket = SIGNALS.firstTicket + 16 * thread;
      const waiting = Atomics.load(signals, ticket);
      if (
        waiting % 2 === 0 ||
        Atomics.compareExchange(signals, ticket, waiting, (waiting + 1) | 0) !== waiting
      )
        continue;
      Atomics.sub(signals, SIGNALS.remaining, 1);
      signals[ticket + DONE] = (waiting + 1) | 0;
      kernel(args, thread, threads);
    }
  }

  /** Waits until every share that a worker has begun is done. */
  #join(index: number, threads: number): void {
    const signals = this.#signals;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(signals, SIGNALS.remaining) === 0) return;
    if (nodeModule('node:worker_threads') === undefined) {
      // In a page this thread must not sleep, and no other ends by itself.
      while (Atomics.load(signals, SIGNALS.remaining) !== 0);
      return;
    }
    const problem = awaitShares(signals, this.#workers.slice(0, threads - 1));
    if (problem === undefined) return;
    const { received, fix, isLasting } = problem;
    const error = this.#failure(index, received, fix);
    if (isLasting) this.#broken = error;
    throw error;
  }

  #failure(index: number, received: string, fix: string): SimdError {
    const where = `simd: kernel "${this.#names[index]}"`;
    return new SimdError('KERNEL', { where, expected: 'every thread to end', received, fix });
  }
}
