import { util } from '@tensorflow/tfjs-core';
import { Arena } from './arena.js';
import { SimdError } from './error.js';
import type { Heap } from './heap.js';
import type { SimdMemory } from './memory.js';

/** The blocks of memory that tensors and kernels own. What is released inside a kernel is free for others only after it. */
export class Blocks {
  readonly #memory: SimdMemory;
  readonly #poison: boolean;
  /** Kernels run kernels; only when the outermost returns is memory given back. */
  #depth = 0;
  /** Says which kernel runs, for errors. */
  #kernel: (() => string) | undefined;
  #releasedInside: number[] = [];
  readonly #giveUps: (() => boolean)[] = [];
  #wasFull = false;
  /** Where blocks come from while a recording is made: memory of its own, in which its calls find theirs each time. */
  #arena: Arena | undefined;
  /** Of all recordings, and of those that ended before their last block did. */
  readonly #arenas = new Set<Arena>();
  readonly #ending = new Set<Arena>();
  /** Another one for each outermost kernel. */
  scopeNumber = 0;

  constructor(memory: SimdMemory, poisonFreedMemory: boolean) {
    this.#memory = memory;
    this.#poison = poisonFreedMemory;
  }

  /** Runs a kernel's function. */
  scope<T>(body: () => T, kernel: (() => string) | undefined): T {
    const outer = this.#kernel;
    this.#kernel = kernel ?? outer;
    this.#depth++;
    try {
      return body();
    } finally {
      this.#depth--;
      this.#kernel = outer;
      if (this.#depth === 0) {
        for (const pointer of this.#releasedInside) this.#free(pointer);
        this.#releasedInside.length = 0;
        this.scopeNumber++;
        if (this.#wasFull) for (const giveUp of this.#giveUps) giveUp();
        this.#wasFull = false;
      }
    }
  }

  /** As `scope`, for a kernel in JavaScript, which holds views: where growing would end them, the memory must not grow. */
  scopeOfViews<T>(body: () => T, kernel: (() => string) | undefined): T {
    const before = this.#memory.mayGrow;
    this.#memory.mayGrow = this.#memory.shared;
    try {
      return this.scope(body, kernel);
    } finally {
      this.#memory.mayGrow = before;
    }
  }

  /** @throws SimdError `OUT_OF_MEMORY` */
  allocate(bytes: number, what: () => string): number {
    const heap = this.#arena ?? this.#memory.heap;
    let pointer = heap.allocate(bytes);
    for (const giveUp of this.#giveUps) {
      if (pointer !== 0) break;
      if (giveUp()) pointer = heap.allocate(bytes);
    }
    if (pointer !== 0) return pointer;
    this.#wasFull = true;
    throw this.#outOfMemory(bytes, what());
  }

  #outOfMemory(bytes: number, what: string): SimdError {
    const { heap, mayGrow } = this.#memory;
    const kernel = this.#kernel === undefined ? '' : ` of ${this.#kernel()}`;
    const limit = mayGrow
      ? 'the memory cannot grow further'
      : 'the memory cannot grow while a kernel of tfjs runs';
    return new SimdError('OUT_OF_MEMORY', {
      where: `simd: ${what}${kernel}`,
      expected: `${bytes} free bytes in one piece`,
      received: `none: ${heap.bytesInUse} of ${heap.size} bytes are in use and ${limit}`,
      fix: 'Use a smaller batch or smaller pictures, or dispose of tensors that are no longer needed.',
    });
  }

  /** Room for a tensor of 32-bit values. */
  allocateTensor(shape: number[]): { pointer: number; length: number } {
    const length = util.sizeFromShape(shape);
    return { pointer: this.allocate(4 * length, () => `the tensor [${shape.join(', ')}]`), length };
  }

  /** Room for a tensor of 32-bit values, or undefined when there is none because the memory must not grow now. */
  tryAllocateTensor(shape: number[]): { pointer: number; length: number } | undefined {
    if (this.#memory.mayGrow) return this.allocateTensor(shape);
    const length = util.sizeFromShape(shape);
    const pointer = (this.#arena ?? this.#memory.heap).allocate(4 * length);
    return pointer === 0 ? undefined : { pointer, length };
  }

  /** Memory for a kernel's own use, until the outermost kernel returns. @throws SimdError `SCOPE` outside of one. */
  scratch(bytes: number): number {
    if (this.#depth === 0) {
      throw new SimdError('SCOPE', {
        where: 'simd: scratch',
        expected: 'a call inside a kernel',
        received: 'one outside',
        fix: 'Scratch memory ends with the kernel: call `backend.scope(() => ...)`.',
      });
    }
    const pointer = this.allocate(bytes, () => 'the scratch memory');
    this.#releasedInside.push(pointer);
    return pointer;
  }

  /** What to call when there is no room, after what was given before: frees what can be done without, and says whether it did. */
  whenFull(giveUp: () => boolean): void {
    this.#giveUps.push(giveUp);
  }

  /** Gives a block one more owner, who has to release it too. */
  share(pointer: number): void {
    this.#heapOf(pointer).share(pointer);
  }

  /** Whether a block has more than one owner. */
  isShared(pointer: number): boolean {
    return this.#heapOf(pointer).isShared(pointer);
  }

  /** Runs `body` with every new block in this arena; undefined: in none. */
  within<T>(arena: Arena | undefined, body: () => T): T {
    const before = this.#arena;
    this.#arena = arena;
    try {
      return body();
    } finally {
      this.#arena = before;
    }
  }

  /** Memory of its own for a recording. @param isLarge may take as much as what was in use at some time and isn't now: that is there, mostly */
  newArena(isLarge: boolean): Arena {
    const { heap } = this.#memory;
    const arena = new Arena(heap, isLarge ? heap.peakBytes - heap.bytesInUse : 0);
    this.#arenas.add(arena);
    return arena;
  }

  /** Gives an arena's memory back: now, or with the last block in it. */
  endArena(arena: Arena): void {
    this.#ending.add(arena);
    this.#endIfEmpty(arena);
  }

  release(pointer: number): void {
    // tfjs's own kernels go on reading tensors that they have already disposed.
    if (this.#depth > 0) this.#releasedInside.push(pointer);
    else this.#free(pointer);
  }

  /** As `release`, for a block that the running kernel doesn't know. */
  releaseNow(pointer: number): void {
    this.#free(pointer);
  }

  #free(pointer: number): void {
    const heap = this.#heapOf(pointer);
    const size = heap.free(pointer);
    if (this.#poison) this.#memory.floats.fill(Number.NaN, pointer / 4, (pointer + size) / 4);
    if (heap instanceof Arena) this.#endIfEmpty(heap);
  }

  /** An arena's first block starts where the block does that it was cut from. */
  #heapOf(pointer: number): Heap {
    for (const arena of this.#arenas) if (arena.has(pointer)) return arena;
    return this.#memory.heap;
  }

  #endIfEmpty(arena: Arena): void {
    if (arena.bytesInUse > 0 || !this.#ending.delete(arena)) return;
    this.#arenas.delete(arena);
    arena.giveBack();
  }
}
