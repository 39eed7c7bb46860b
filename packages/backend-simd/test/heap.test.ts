import { describe, expect, it } from 'vitest';
import { Heap } from '../src/heap.js';

const PAGE = 65536;
/** A heap on `limit` bytes that aren't there, growing page by page. */
function heapOf(limit: number): Heap {
  return new Heap(PAGE, PAGE, (end) => Math.min(limit, Math.ceil(end / PAGE) * PAGE));
}

describe('the heap', () => {
  it('gives aligned blocks that do not overlap, whatever is freed in between', () => {
    const heap = heapOf(64 * 1024 * 1024);
    const blocks = new Map<number, number>();
    let state = 1;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % limit;
    };
    for (let step = 0; step < 3000; step++) {
      const bytes = 1 + random(random(2) === 0 ? 500 : 300_000);
      const pointer = heap.allocate(bytes);
      expect(pointer % 64).toBe(0);
      expect(pointer).toBeGreaterThanOrEqual(PAGE);
      for (const [start, size] of blocks)
        expect(pointer + bytes <= start || start + size <= pointer).toBe(true);
      blocks.set(pointer, bytes);
      while (blocks.size > 40) {
        const victim = [...blocks.keys()][random(blocks.size)]!;
        blocks.delete(victim);
        heap.free(victim);
      }
    }
    for (const pointer of blocks.keys()) heap.free(pointer);
    expect(heap.bytesInUse).toBe(0);
    // All of it is one stretch again.
    expect(heap.allocate(heap.size)).toBe(PAGE);
  });

  it('does not grow over equal steps', () => {
    const heap = heapOf(1024 * 1024 * 1024);
    const step = () => {
      const blocks = [5_000_000, 64, 1_000_000, 3_000_000, 700, 5_000_000].map((bytes) =>
        heap.allocate(bytes),
      );
      for (const i of [2, 0, 5, 1, 3, 4]) heap.free(blocks[i]!);
    };
    step();
    const size = heap.size;
    for (let i = 0; i < 300; i++) step();
    expect(heap.size).toBe(size);
  });

  it('says when there is no room, and goes on', () => {
    const heap = heapOf(PAGE + 1000 * 64);
    const block = heap.allocate(999 * 64);
    expect(heap.allocate(2 * 64)).toBe(0);
    heap.free(block);
    expect(heap.allocate(1000 * 64)).toBe(PAGE);
  });

  it('refuses to free what is not in use', () => {
    const heap = heapOf(1024 * 1024);
    const block = heap.allocate(100);
    heap.free(block);
    expect(() => heap.free(block)).toThrow('not a block');
  });
});
