import type { Blocks } from './blocks.js';

interface Kept {
  pointer: number;
  bytes: number;
  /** The scope in which a kernel last got the pointer. */
  scope: number;
}

/** By order; undefined: asked for once. */
export type Orders = Map<string, Kept | undefined>;

/** What all of them may take. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Tensors' values in other orders, as kernels read them: a filter's panels, its factors. They are kept from the second
 * request on: in training a filter changes after one use, in prediction it doesn't. When memory is full they go first.
 */
export class Rearrangements {
  readonly #blocks: Blocks;
  readonly #all = new Set<Orders>();
  #bytes = 0;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
    blocks.whenFull(() => this.#giveUp());
  }

  /**
   * Where a tensor's values are in that order, once `write` has been called with it if it is new.
   *
   * @param isLasting kept at the first request already, whatever the others take
   */
  place(
    orders: Orders,
    order: string,
    bytes: number,
    write: (pointer: number) => void,
    isLasting = false,
  ): number {
    const kept = orders.get(order);
    if (kept !== undefined) {
      kept.scope = this.#blocks.scopeNumber;
      return kept.pointer;
    }
    const isKept = isLasting || (orders.has(order) && this.#bytes + bytes <= MAX_BYTES);
    if (!isKept) orders.set(order, undefined);
    const pointer = isKept
      ? this.#blocks.allocate(bytes, () => 'the rearranged filter')
      : this.#blocks.scratch(bytes);
    if (isKept) {
      orders.set(order, { pointer, bytes, scope: this.#blocks.scopeNumber });
      this.#all.add(orders);
      this.#bytes += bytes;
    }
    write(pointer);
    return pointer;
  }

  /** Gives back what a tensor has kept. */
  release(orders: Orders): void {
    this.#all.delete(orders);
    for (const [order, kept] of orders) if (kept !== undefined) this.#drop(orders, order, kept);
  }

  #drop(orders: Orders, order: string, { pointer, bytes }: Kept): void {
    orders.delete(order);
    this.#bytes -= bytes;
    this.#blocks.release(pointer);
  }

  /** Frees all that the running kernel doesn't read; false if there was nothing. */
  #giveUp(): boolean {
    const before = this.#bytes;
    for (const orders of this.#all) {
      for (const [order, kept] of orders) {
        if (kept === undefined || kept.scope === this.#blocks.scopeNumber) continue;
        orders.delete(order);
        this.#bytes -= kept.bytes;
        this.#blocks.releaseNow(kept.pointer);
      }
    }
    return this.#bytes < before;
  }
}
