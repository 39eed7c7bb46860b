import { SimdError } from './error.js';
import { Heap } from './heap.js';

const PAGE = 65536;
/** In pages. One page short of 4 GiB, so that the end of the last block is still a 32-bit number. */
const MAXIMA = [65535, 32768, 16384, 8192];
/** The first page: words for the threads (pool.ts), arguments, and what the compiler places (scripts/build-wasm.js). */
const HEAP_START = PAGE;
/** The first byte of a kernel's arguments. */
export const ARGUMENTS = 16_640;
const MAX_ARGUMENTS = (32768 - ARGUMENTS) / 4;
const INITIAL_PAGES = 256;
/** Kernels read whole vectors: the last one of the last tensor may end beyond it, but not beyond the memory. */
const READ_BEYOND = 64;
/** So that little is held that is never used. */
const GROWTH_PAGES = 256;

/** The least memory that a backend can do with, in bytes. */
export const LEAST_MEMORY = INITIAL_PAGES * PAGE;

/** What `tf.memory()` tells beside tfjs's own counts. All of them bytes of the WebAssembly memory. */
export interface SimdMemoryInfo {
  unreliable: boolean;
  reasons: string[];
  /** What the process holds, in use or kept for reuse. Never less than at any time before. */
  heapBytes: number;
  /** In tensors, and in what running kernels need. */
  heapBytesInUse: number;
  /** The most that `heapBytesInUse` has been. */
  heapBytesInUsePeak: number;
}

/** Marks a kernel's argument that is passed as a float32 instead of an integer. */
export interface Float {
  readonly value: number;
}

export function float(value: number): Float {
  return { value };
}

function isFloat(value: number | Float): value is Float {
  return typeof value !== 'number';
}

/**
 * The backend's one WebAssembly memory, seen by all threads where the page allows it.
 *
 * Unshared memory gets a new buffer whenever it grows, which empties the views on the old one: `words` and `floats`
 * are therefore looked up on each use and never kept.
 */
export class SimdMemory {
  readonly memory: WebAssembly.Memory;
  readonly heap: Heap;
  readonly shared: boolean;
  /** Unset while somebody holds views that would end. */
  mayGrow = true;
  #words: Int32Array;
  #floats: Float32Array;

  /**
   * @param most bytes to take at most, at least `LEAST_MEMORY`; the system may grant less
   * @throws SimdError `OUT_OF_MEMORY` when it grants none at all
   */
  constructor(shared: boolean, most = Number.POSITIVE_INFINITY) {
    this.shared = shared;
    const [memory, maximum] = createMemory(shared, Math.floor(most / PAGE));
    this.memory = memory;
    this.#words = new Int32Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
    const grow = (end: number) => this.#grow(end + READ_BEYOND, maximum) - READ_BEYOND;
    this.heap = new Heap(HEAP_START, memory.buffer.byteLength - READ_BEYOND, grow);
  }

  /** The whole memory as 32-bit words: index = byte pointer / 4. */
  get words(): Int32Array {
    return this.#words;
  }

  /** The whole memory as float32: index = byte pointer / 4. */
  get floats(): Float32Array {
    return this.#floats;
  }

  get info(): SimdMemoryInfo {
    const { size, bytesInUse, peakBytes } = this.heap;
    const bytes = { heapBytes: size, heapBytesInUse: bytesInUse, heapBytesInUsePeak: peakBytes };
    return { unreliable: false, reasons: [], ...bytes };
  }

  /** Copies 32-bit values from one byte pointer to another. */
  copy(from: number, to: number, count: number): void {
    this.#words.copyWithin(to / 4, from / 4, from / 4 + count);
  }

  /** Writes a kernel's arguments, one 32-bit word each, and returns their pointer. */
  writeArguments(values: readonly (number | Float)[]): number {
    if (values.length > MAX_ARGUMENTS) {
      throw new RangeError(`A kernel takes at most ${MAX_ARGUMENTS} arguments, not ${values.length}.`);
    }
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (isFloat(value)) this.#floats[ARGUMENTS / 4 + i] = value.value;
      else this.#words[ARGUMENTS / 4 + i] = value; // modulo 2^32, so pointers beyond 2 GiB survive
    }
    return ARGUMENTS;
  }

  /** Makes the memory reach `end` if it can; returns the byte at which it ends. */
  #grow(end: number, maximum: number): number {
    const before = this.memory.buffer.byteLength;
    if (!this.mayGrow) return before;
    // Not for every small tensor: each time is a call into the system, and unshared memory may be copied.
    const generous = Math.max(end, before + GROWTH_PAGES * PAGE);
    for (const target of [Math.min(generous, maximum * PAGE), end]) {
      if (target < end || target > maximum * PAGE) continue;
      try {
        this.memory.grow(Math.ceil((target - before) / PAGE));
        break;
      } catch {
        // The system has less to give than the maximum promises: try the smaller step.
      }
    }
    this.#words = new Int32Array(this.memory.buffer);
    this.#floats = new Float32Array(this.memory.buffer);
    return this.memory.buffer.byteLength;
  }
}

/** The largest memory that the system lets us reserve (phones refuse 4 GiB), and its maximum in pages. */
function createMemory(shared: boolean, most: number): [WebAssembly.Memory, number] {
  let cause: unknown;
  const maxima = new Set(MAXIMA.map((maximum) => Math.min(maximum, most)));
  for (const maximum of maxima) {
    try {
      return [new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared }), maximum];
    } catch (error) {
      cause = error;
    }
  }
  const least = Math.min(...maxima) / 16;
  throw new SimdError('OUT_OF_MEMORY', {
    where: 'simd',
    expected: `the system to reserve ${least} MiB of address space`,
    received: `a refusal (${String(cause)})`,
    fix: 'Close other programs or pages, or set `configureSimd({ maximumMemory })` to fewer bytes.',
  });
}
