/**
 * Reads a byte of each cache line of what is about to be read or written. Reads that nothing waits for are under way many at
 * once; a transform or a store waits for its line in turn.
 */
export function touch(from: usize, bytes: usize): void {
  const end = from + bytes;
  for (; from < end; from += 64) load<u8>(from);
}
