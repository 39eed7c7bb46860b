import type { Arena } from './arena.js';
import type { Blocks } from './blocks.js';
import type { Float, SimdMemory } from './memory.js';
import type { ThreadPool } from './pool.js';

/** One call of a kernel with the words of its arguments, or 32-bit values that are copied; in bytes but for `count`. */
export type RecordedStep =
  | { kernel: number; words: Int32Array; threads: number }
  | { from: number; to: number; count: number };

/** What is noted of one function. */
export class Take {
  /** Where it has all its memory, so that its steps, done again, find their own places and nobody else's. */
  readonly arena: Arena;
  readonly steps: RecordedStep[] = [];
  /** Why the steps alone don't do what the function does. */
  reason: string | undefined;
  /** Blocks of others whose values are new each time. */
  readonly inPlace: ReadonlySet<number>;
  readonly #blocks: Blocks;
  /** Blocks of others that it reads, and those of the arena whose values stay from one time to the next. */
  readonly #held = new Set<number>();
  #kept = 0;

  constructor(blocks: Blocks, inPlace: readonly number[]) {
    this.#blocks = blocks;
    this.inPlace = new Set(inPlace);
    // What reads in place is a step, which takes most of what there is.
    this.arena = blocks.newArena(inPlace.length > 0);
  }

  /** Becomes one more owner of a block. */
  hold(pointer: number): void {
    if (this.#held.has(pointer)) return;
    this.#blocks.share(pointer);
    this.#held.add(pointer);
    if (this.arena.has(pointer)) this.#kept++;
  }

  /** Whether all else in the arena is free, for each time anew. */
  get isClosed(): boolean {
    return this.arena.blocks === this.#kept;
  }

  /** Gives everything back. */
  end(): void {
    // At once, also inside a kernel that has found no memory: it reads none of these.
    for (const pointer of this.#held) this.#blocks.releaseNow(pointer);
    this.#held.clear();
    this.#blocks.endArena(this.arena);
  }
}

/**
 * Makes kernels' calls, and notes them while somebody records (recording.ts). What JavaScript does between two calls is not noted: a
 * kernel that reads or writes values by itself spoils the take, unless it does so by `SimdBackend.constants` and `copy`.
 */
export class Recorder {
  readonly #memory: SimdMemory;
  readonly #blocks: Blocks;
  readonly #pool: ThreadPool;
  #take: Take | undefined;

  constructor(memory: SimdMemory, blocks: Blocks, pool: ThreadPool) {
    this.#memory = memory;
    this.#blocks = blocks;
    this.#pool = pool;
  }

  get isNoting(): boolean {
    return this.#take !== undefined;
  }

  /** Notes what `body` does. */
  during<T>(take: Take, body: () => T): T {
    this.#take = take;
    try {
      return this.#blocks.within(take.arena, body);
    } finally {
      this.#take = undefined;
    }
  }

  /** Does what need not be done again, outside of the arena. */
  apart<T>(body: () => T): T {
    const take = this.#take;
    if (take === undefined) return body();
    this.#take = undefined;
    try {
      return this.#blocks.within(undefined, body);
    } finally {
      this.#take = take;
    }
  }

  /** Runs a kernel on at most so many threads. */
  run(name: string, args: readonly (number | Float)[], threads: number): void {
    const kernel = this.#pool.find(name);
    const pointer = this.#memory.writeArguments(args);
    const start = pointer / 4;
    // Before it runs: some count in their arguments (assembly/queue.ts).
    this.#take?.steps.push({ kernel, threads, words: this.#memory.words.slice(start, start + args.length) });
    this.#pool.run(kernel, pointer, threads);
  }

  /** Copies 32-bit values. */
  copy(from: number, to: number, count: number): void {
    this.#take?.steps.push({ from, to, count });
    this.#memory.copy(from, to, count);
  }

  /** Whether a block's values have nothing to do with what is being recorded: they are the same each time. */
  isApart(pointer: number): boolean {
    const take = this.#take;
    return take === undefined || !(take.arena.has(pointer) || take.inPlace.has(pointer));
  }

  /** Somebody reads this block: it stays, should it be none of the recording's own. */
  read(pointer: number): number {
    if (this.#take !== undefined && this.isApart(pointer)) this.#take.hold(pointer);
    return pointer;
  }

  /** Something happens that the steps don't do again. */
  spoil(reason: string): void {
    if (this.#take !== undefined) this.#take.reason ??= reason;
  }
}
