// Reading ahead: while tiles are computed they read, bit by bit, what the next block needs from main memory, slowly enough for
// the processor to fetch the lines that follow. WebAssembly has no instruction that only fetches.

/** Up to two pieces of memory that tiles read ahead, one after the other. */
@unmanaged
export class Ahead {
  /** Where the next tile goes on, and by how many bytes for each k. */
  at: usize;
  step: usize;
  end: usize;
  next: usize;
  nextEnd: usize;
}

/** Plans to read two pieces (of 0 bytes: none) within `steps` values of k. */
export function planAhead(it: Ahead, first: usize, firstBytes: usize, second: usize, secondBytes: usize, steps: i32): void {
  it.at = first;
  it.end = first + firstBytes;
  it.next = second;
  it.nextEnd = second + secondBytes;
  it.step = (firstBytes + secondBytes + <usize>steps - 1) / <usize>steps;
  moveAhead(it, 0);
}

/** After a tile of depth `k`. */
export function moveAhead(it: Ahead, k: i32): void {
  it.at += <usize>k * it.step;
  if (it.at < it.end) return;
  if (it.next < it.nextEnd) {
    it.at = it.next;
    it.end = it.nextEnd;
    it.next = it.nextEnd;
  } else {
    // All is read. A tile reads somewhere in any case.
    it.at = changetype<usize>(it);
    it.step = 0;
    it.end = 0;
  }
}
