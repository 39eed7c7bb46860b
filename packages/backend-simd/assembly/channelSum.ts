import { addRows } from './rows';
import { int, pointer, share } from './simd';

/**
 * The sum of each channel of x [rows, channels] within each chunk of rows.
 * Arguments: x, partials [chunks, channels], rows, channels, rows a chunk, chunks.
 */
export function channelSums(args: usize, thread: i32, threads: i32): void {
  const x = pointer(args, 0);
  const partials = pointer(args, 1);
  const rows = int(args, 2);
  const rowBytes = <usize>int(args, 3) << 2;
  const chunkRows = int(args, 4);
  const chunks = int(args, 5);
  // Backwards: the end of x was written last and may still be in the cache.
  const front = share(chunks, thread, threads);
  for (let chunk = share(chunks, thread + 1, threads) - 1; chunk >= front; chunk--) {
    const first = chunk * chunkRows;
    const sum = partials + <usize>chunk * rowBytes;
    memory.fill(sum, 0, rowBytes);
    addRows(x + <usize>first * rowBytes, sum, min(chunkRows, rows - first), rowBytes);
  }
}

/** Adds the chunks in float64. Arguments: partials [chunks, channels], sum [channels], channels, chunks. */
export function channelSumFinish(args: usize, thread: i32, threads: i32): void {
  const partials = pointer(args, 0);
  const sum = pointer(args, 1);
  const channels = int(args, 2);
  const chunks = int(args, 3);
  const end = share(channels, thread + 1, threads);
  for (let c = share(channels, thread, threads); c < end; c++) {
    let total: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      total += <f64>load<f32>(partials + (<usize>(chunk * channels + c) << 2));
    }
    store<f32>(sum + (<usize>c << 2), <f32>total);
  }
}
