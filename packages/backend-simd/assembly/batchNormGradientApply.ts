import { int, madd, pointer, share } from './simd';

/**
 * dx = g * c[0] + (x - mean) * c[1] + c[2], with g = dy where y > 0.
 * Arguments: dy, y or 0 (g = dy), x, dx, mean, coefficients c [3, channels], rows, channels, rows a chunk, chunks.
 */
export function batchNormGradientApply(args: usize, thread: i32, threads: i32): void {
  if (pointer(args, 1) != 0) applyChunks(args, thread, threads, true);
  else applyChunks(args, thread, threads, false);
}

// @ts-ignore: decorator
@inline
function applyChunks(args: usize, thread: i32, threads: i32, relu: bool): void {
  const dy = pointer(args, 0);
  const y = pointer(args, 1);
  const x = pointer(args, 2);
  const dx = pointer(args, 3);
  const mean = pointer(args, 4);
  const factor = pointer(args, 5);
  const rows = int(args, 6);
  const rowBytes = <usize>int(args, 7) << 2;
  const chunkRows = int(args, 8);
  const chunks = int(args, 9);
  const slope = factor + rowBytes;
  const summand = slope + rowBytes;
  const vectors = rowBytes & ~15;
  const zero = f32x4.splat(0);

  const end = share(chunks, thread + 1, threads);
  for (let chunk = share(chunks, thread, threads); chunk < end; chunk++) {
    const first = chunk * chunkRows;
    const count = min(chunkRows, rows - first);
    const start = <usize>first * rowBytes;
    const quarter = <usize>(count >> 2) * rowBytes; // four streams, see rows.ts
    for (let row = start; row < start + quarter; row += rowBytes) {
      for (let c: usize = 0; c < vectors; c += 16) {
        const i0 = row + c;
        const i1 = i0 + quarter;
        const i2 = i1 + quarter;
        const i3 = i2 + quarter;
        let g0 = v128.load(dy + i0);
        let g1 = v128.load(dy + i1);
        let g2 = v128.load(dy + i2);
        let g3 = v128.load(dy + i3);
        if (relu) {
          g0 = v128.and(g0, f32x4.gt(v128.load(y + i0), zero));
          g1 = v128.and(g1, f32x4.gt(v128.load(y + i1), zero));
          g2 = v128.and(g2, f32x4.gt(v128.load(y + i2), zero));
          g3 = v128.and(g3, f32x4.gt(v128.load(y + i3), zero));
        }
        const m = v128.load(mean + c);
        const f = v128.load(factor + c);
        const k = v128.load(slope + c);
        const s = v128.load(summand + c);
        g0 = madd(g0, f, madd(f32x4.sub(v128.load(x + i0), m), k, s));
        g1 = madd(g1, f, madd(f32x4.sub(v128.load(x + i1), m), k, s));
        g2 = madd(g2, f, madd(f32x4.sub(v128.load(x + i2), m), k, s));
        g3 = madd(g3, f, madd(f32x4.sub(v128.load(x + i3), m), k, s));
        v128.store(dx + i0, g0);
        v128.store(dx + i1, g1);
        v128.store(dx + i2, g2);
        v128.store(dx + i3, g3);
      }
    }
    const rest = start + 4 * quarter;
    applyOneByOne(args, start, rest, vectors);
    applyOneByOne(args, rest, start + <usize>count * rowBytes, 0);
  }
}

/** The same for the channels from byte `from` on of the rows from byte `row` to `end`. */
function applyOneByOne(args: usize, row: usize, end: usize, from: usize): void {
  const dy = pointer(args, 0);
  const y = pointer(args, 1);
  const x = pointer(args, 2);
  const dx = pointer(args, 3);
  const mean = pointer(args, 4);
  const factor = pointer(args, 5);
  const rowBytes = <usize>int(args, 7) << 2;
  const slope = factor + rowBytes;
  const summand = slope + rowBytes;
  if (from == rowBytes) return;
  for (; row < end; row += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) {
      const i = row + c;
      const g: f32 = y == 0 || load<f32>(y + i) > 0 ? load<f32>(dy + i) : 0;
      const centred = (load<f32>(x + i) - load<f32>(mean + c)) * load<f32>(slope + c) + load<f32>(summand + c);
      store<f32>(dx + i, g * load<f32>(factor + c) + centred);
    }
  }
}
