import { COMPUTE_Y, masked, maskedOne, NO_RELU, READ_Y } from './batchNormGradient';
import { int, madd, pointer, share } from './simd';

/**
 * dx = g * c[0] + (x - mean) * c[1] + c[2], with g = dy where the ReLU let y through.
 * Arguments: mode (see batchNormGradient.ts), dy, y or 0, x, dx, mean, coefficients c [3, channels], forward coefficients
 * [3, channels] (mean, factor, summand) or 0, partials [chunks, channels] or 0, rows, channels, rows a chunk, chunks.
 * `partials` receives each chunk's sum of dx, as `channelSums` would compute it: the bias gradient of a convolution before.
 */
export function batchNormGradientApply(args: usize, thread: i32, threads: i32): void {
  const mode = int(args, 0);
  if (pointer(args, 8) == 0) {
    if (mode == NO_RELU) applyChunks(args, thread, threads, NO_RELU, false);
    else if (mode == READ_Y) applyChunks(args, thread, threads, READ_Y, false);
    else applyChunks(args, thread, threads, COMPUTE_Y, false);
  } else {
    if (mode == NO_RELU) applyChunks(args, thread, threads, NO_RELU, true);
    else if (mode == READ_Y) applyChunks(args, thread, threads, READ_Y, true);
    else applyChunks(args, thread, threads, COMPUTE_Y, true);
  }
}

// @ts-ignore: decorator
@inline
function applyChunks(args: usize, thread: i32, threads: i32, mode: i32, sums: bool): void {
  const dy = pointer(args, 1);
  const y = pointer(args, 2);
  const x = pointer(args, 3);
  const dx = pointer(args, 4);
  const mean = pointer(args, 5);
  const factor = pointer(args, 6);
  const rows = int(args, 9);
  const rowBytes = <usize>int(args, 10) << 2;
  const forward = pointer(args, 7) + rowBytes;
  const chunkRows = int(args, 11);
  const chunks = int(args, 12);
  const slope = factor + rowBytes;
  const summand = slope + rowBytes;
  const vectors = rowBytes & ~15;

  const end = share(chunks, thread + 1, threads);
  for (let chunk = share(chunks, thread, threads); chunk < end; chunk++) {
    const first = chunk * chunkRows;
    const count = min(chunkRows, rows - first);
    const start = <usize>first * rowBytes;
    const quarter = <usize>(count >> 2) * rowBytes; // four streams, see rows.ts
    const sum = pointer(args, 8) + <usize>chunk * rowBytes;
    if (sums) memory.fill(sum, 0, rowBytes);
    for (let row = start; row < start + quarter; row += rowBytes) {
      for (let c: usize = 0; c < vectors; c += 16) {
        const i0 = row + c;
        const i1 = i0 + quarter;
        const i2 = i1 + quarter;
        const i3 = i2 + quarter;
        const m = v128.load(mean + c);
        const d0 = f32x4.sub(v128.load(x + i0), m);
        const d1 = f32x4.sub(v128.load(x + i1), m);
        const d2 = f32x4.sub(v128.load(x + i2), m);
        const d3 = f32x4.sub(v128.load(x + i3), m);
        const f = mode == COMPUTE_Y ? v128.load(forward + c) : m;
        const s = mode == COMPUTE_Y ? v128.load(forward + rowBytes + c) : m;
        const g0 = masked(mode, v128.load(dy + i0), y + i0, d0, f, s);
        const g1 = masked(mode, v128.load(dy + i1), y + i1, d1, f, s);
        const g2 = masked(mode, v128.load(dy + i2), y + i2, d2, f, s);
        const g3 = masked(mode, v128.load(dy + i3), y + i3, d3, f, s);
        const a = v128.load(factor + c);
        const k = v128.load(slope + c);
        const b = v128.load(summand + c);
        const dx0 = madd(g0, a, madd(d0, k, b));
        const dx1 = madd(g1, a, madd(d1, k, b));
        const dx2 = madd(g2, a, madd(d2, k, b));
        const dx3 = madd(g3, a, madd(d3, k, b));
        v128.store(dx + i0, dx0);
        v128.store(dx + i1, dx1);
        v128.store(dx + i2, dx2);
        v128.store(dx + i3, dx3);
        if (sums) {
          const t = f32x4.add(f32x4.add(dx0, dx1), f32x4.add(dx2, dx3));
          v128.store(sum + c, f32x4.add(v128.load(sum + c), t));
        }
      }
    }
    const rest = start + 4 * quarter;
    applyOneByOne(args, start, rest, sum, vectors);
    applyOneByOne(args, rest, start + <usize>count * rowBytes, sum, 0);
  }
}

/** The same for the channels from byte `from` on of the rows from byte `row` to `end`. */
function applyOneByOne(args: usize, row: usize, end: usize, sum: usize, from: usize): void {
  const mode = int(args, 0);
  const dy = pointer(args, 1);
  const y = pointer(args, 2);
  const x = pointer(args, 3);
  const dx = pointer(args, 4);
  const mean = pointer(args, 5);
  const factor = pointer(args, 6);
  const sums = pointer(args, 8) != 0;
  const rowBytes = <usize>int(args, 10) << 2;
  const forward = pointer(args, 7) + rowBytes;
  const slope = factor + rowBytes;
  const summand = slope + rowBytes;
  if (from == rowBytes) return;
  for (; row < end; row += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) {
      const i = row + c;
      const d = load<f32>(x + i) - load<f32>(mean + c);
      const f: f32 = mode == COMPUTE_Y ? load<f32>(forward + c) : 0;
      const s: f32 = mode == COMPUTE_Y ? load<f32>(forward + rowBytes + c) : 0;
      const g = maskedOne(mode, load<f32>(dy + i), y + i, d, f, s);
      const value = g * load<f32>(factor + c) + (d * load<f32>(slope + c) + load<f32>(summand + c));
      store<f32>(dx + i, value);
      if (sums) store<f32>(sum + c, load<f32>(sum + c) + value);
    }
  }
}
