/** A free stretch of memory: bytes [start, start + size). */
export interface FreeBlock {
  start: number;
  size: number;
  /** Where it stands in the bins, so that it leaves in constant time. */
  bin: number;
  slot: number;
}

const ALIGNMENT = 64;
/** Blocks below this size are cut from the end of a free stretch, so that they don't lie between the large ones. */
export const SMALL = 64 * 1024;

/**
 * Hands out aligned blocks of one growing range of bytes, and takes them back to hand them out again.
 *
 * A training step asks for the same sizes in the same order every time, so the best fitting free block is nearly
 * always an exact one. Freed neighbours are joined at once; nothing is zeroed and nothing goes back to the system:
 * touching fresh pages costs more than many a kernel.
 */
export class Heap {
  /** Bytes in blocks handed out. */
  bytesInUse = 0;
  /** The most that `bytesInUse` has been. */
  peakBytes = 0;
  #end: number;
  readonly #start: number;
  readonly #used = new Map<number, number>();
  /** Blocks with more than one owner, and how many more. */
  readonly #shared = new Map<number, number>();
  readonly #bins: FreeBlock[][] = Array.from({ length: 8 * 33 }, () => []);
  readonly #byStart = new Map<number, FreeBlock>();
  readonly #byEnd = new Map<number, FreeBlock>();
  readonly #grow: (end: number) => number;

  /**
   * @param start first byte of the range, a multiple of 64
   * @param end one past the last byte that exists already
   * @param grow asked to make the range reach at least `end`; returns the end that it now has
   */
  constructor(start: number, end: number, grow: (end: number) => number) {
    this.#start = start;
    this.#end = end;
    this.#grow = grow;
    if (end > start) this.addFree(start, end - start);
  }

  /** Bytes of the range, free or not: what the process holds. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** The first byte of a block of at least `bytes`, 64-byte aligned, or 0 when there is no room. */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const block = this.#bestFit(size) ?? this.extend(size);
    if (block === undefined) return 0;
    this.#removeFree(block);
    const rest = block.size - size;
    const start = size < SMALL ? block.start + rest : block.start;
    if (rest > 0) this.addFree(size < SMALL ? block.start : block.start + size, rest);
    this.#used.set(start, size);
    this.bytesInUse += size;
    this.peakBytes = Math.max(this.peakBytes, this.bytesInUse);
    return start;
  }

  /** Bytes of the largest block that can be had without growing. */
  get largestFree(): number {
    const blocks = this.#bins.findLast((bin) => bin.length > 0) ?? [];
    return Math.max(0, ...blocks.map(({ size }) => size));
  }

  /** How many blocks are in use. */
  get blocks(): number {
    return this.#used.size;
  }

  /** Bytes of a block that is in use. */
  protected sizeOf(pointer: number): number {
    return this.#used.get(pointer)!;
  }

  /** Whether it is a block that is in use. */
  has(pointer: number): boolean {
    return this.#used.has(pointer);
  }

  /** Gives a block one more owner: it must be freed once more before it is free. */
  share(pointer: number): void {
    this.#shared.set(pointer, (this.#shared.get(pointer) ?? 0) + 1);
  }

  /** Whether a block has more than one owner. */
  isShared(pointer: number): boolean {
    return this.#shared.has(pointer);
  }

  /** Gives a block back; returns its size in bytes, or 0 when it has another owner. */
  free(pointer: number): number {
    const size = this.#used.get(pointer);
    if (size === undefined) throw new RangeError(`Heap.free: ${pointer} is not a block that is in use.`);
    const others = this.#shared.get(pointer);
    if (others !== undefined) {
      if (others === 1) this.#shared.delete(pointer);
      else this.#shared.set(pointer, others - 1);
      return 0;
    }
    this.#used.delete(pointer);
    this.bytesInUse -= size;
    let start = pointer;
    let end = pointer + size;
    const before = this.#byEnd.get(start);
    if (before !== undefined) {
      this.#removeFree(before);
      start = before.start;
    }
    const after = this.#byStart.get(end);
    if (after !== undefined) {
      this.#removeFree(after);
      end += after.size;
    }
    this.addFree(start, end - start);
    return size;
  }

  #bestFit(size: number): FreeBlock | undefined {
    for (let bin = binOf(size); bin < this.#bins.length; bin++) {
      let best: FreeBlock | undefined;
      const blocks = this.#bins[bin]!;
      // The latest first: it may still be in a cache.
      for (let i = blocks.length - 1; i >= 0; i--) {
        const block = blocks[i]!;
        if (block.size === size) return block;
        if (block.size > size && (best === undefined || block.size < best.size)) best = block;
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  /** Frees the end of a block that is in use. @param size of what is left, a multiple of 64 between 0 and its own */
  shorten(pointer: number, size: number): void {
    const rest = this.sizeOf(pointer) - size;
    this.#used.set(pointer, size);
    this.#used.set(pointer + size, rest);
    this.free(pointer + size);
  }

  /** Grows the range so that a free block of `size` ends it. */
  protected extend(size: number): FreeBlock | undefined {
    const last = this.#byEnd.get(this.#end);
    const start = last?.start ?? this.#end;
    const end = this.#grow(start + size);
    if (end < start + size) return undefined;
    if (last !== undefined) this.#removeFree(last);
    this.#end = end;
    return this.addFree(start, end - start);
  }

  protected addFree(start: number, size: number): FreeBlock {
    const bin = binOf(size);
    const blocks = this.#bins[bin]!;
    const block = { start, size, bin, slot: blocks.length };
    blocks.push(block);
    this.#byStart.set(start, block);
    this.#byEnd.set(start + size, block);
    return block;
  }

  /** Hands out nothing of this any more: it must lie within one free stretch. */
  protected takeOut(start: number, end: number): void {
    for (const block of this.#byStart.values()) {
      const blockEnd = block.start + block.size;
      if (block.start > start || blockEnd < end) continue;
      this.#removeFree(block);
      if (block.start < start) this.addFree(block.start, start - block.start);
      if (end < blockEnd) this.addFree(end, blockEnd - end);
      return;
    }
  }

  #removeFree(block: FreeBlock): void {
    const blocks = this.#bins[block.bin]!;
    const last = blocks.pop()!;
    if (last !== block) {
      blocks[block.slot] = last;
      last.slot = block.slot;
    }
    this.#byStart.delete(block.start);
    this.#byEnd.delete(block.start + block.size);
  }
}

/** Eight bins to each power of two: all blocks of a later bin are larger than those of an earlier one. */
function binOf(size: number): number {
  const exponent = Math.floor(Math.log2(size));
  return exponent * 8 + Math.floor((size / 2 ** exponent - 1) * 8);
}
