import { type FreeBlock, Heap, SMALL } from './heap.js';

/** A piece that is taken from the start of a long stretch, for small blocks. */
const SMALL_PIECE = 16 * SMALL;

/**
 * Blocks within blocks of another heap: what is freed here is handed out again here, until all goes back at once.
 *
 * It begins with what the other heap has free in long pieces, as less is lost between blocks in long pieces than in many; `settle` gives back what
 * of them has never been used.
 */
export class Arena extends Heap {
  readonly #parent: Heap;
  /** By where they start: where they end, and where what has been used of them does. */
  readonly #pieces = new Map<number, { end: number; used: number }>();

  /** @param expected bytes that it may need */
  constructor(parent: Heap, expected: number) {
    super(0, 0, () => 0);
    this.#parent = parent;
    let piece = expected < SMALL_PIECE ? 0 : SMALL_PIECE;
    for (let left = expected; piece >= SMALL_PIECE; ) {
      this.extend(piece);
      left -= piece;
      piece = Math.min(left - (left % 64), parent.largestFree);
    }
  }

  override allocate(bytes: number): number {
    const start = super.allocate(bytes);
    if (start === 0) return 0;
    const end = start + this.sizeOf(start);
    // Pieces that lie side by side may share a block.
    for (const [first, piece] of this.#pieces)
      if (start < piece.end && end > first) piece.used = Math.max(piece.used, Math.min(end, piece.end));
    return start;
  }

  protected override extend(size: number): FreeBlock | undefined {
    const start = this.#parent.allocate(size);
    if (start === 0) return undefined;
    this.#pieces.set(start, { end: start + size, used: start });
    return this.addFree(start, size);
  }

  /** Gives back what has never been used, and needs no more than it has used so far. */
  settle(): void {
    for (const [start, piece] of this.#pieces) {
      if (piece.used === piece.end) continue;
      this.takeOut(piece.used, piece.end);
      if (piece.used > start) {
        this.#parent.shorten(start, piece.used - start);
        piece.end = piece.used;
      } else {
        this.#parent.free(start);
        this.#pieces.delete(start);
      }
    }
  }

  /** Gives all memory back; nothing of it may be in use. */
  giveBack(): void {
    for (const start of this.#pieces.keys()) this.#parent.free(start);
    this.#pieces.clear();
  }
}
