import { int, pointer, share } from './simd';

/** Copies a block of columns. Arguments: from, to, rows, bytes to copy of a row, bytes from row to row in both. */
export function copyColumns(args: usize, thread: i32, threads: i32): void {
  const bytes = pointer(args, 3);
  const fromStep = pointer(args, 4);
  const toStep = pointer(args, 5);
  const end = share(int(args, 2), thread + 1, threads);
  for (let row = share(int(args, 2), thread, threads); row < end; row++) {
    memory.copy(pointer(args, 1) + <usize>row * toStep, pointer(args, 0) + <usize>row * fromStep, bytes);
  }
}
