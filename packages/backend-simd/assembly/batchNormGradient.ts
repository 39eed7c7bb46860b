import { int, madd, pointer, share } from './simd';

// The gradient of batch normalisation, in two passes over memory. With g = dy where the ReLU let y through:
// `batchNormGradientSums` reads dy, x and y for sum(g) and sum(g * (x - mean)), and writes g where an addend needs it;
// `batchNormGradientApply` reads g (or dy and y) and x, and writes dx.
// Ioffe & Szegedy, "Batch Normalization" (arXiv 1502.03167), section 3.

/**
 * Arguments: dy, y or 0 (no ReLU), x, mean, masked (g's place) or 0, partials, rows, channels, rows a chunk, chunks.
 * `partials` [chunks, 2, channels] receives sum(g) and sum(g * (x - mean)) of each chunk.
 */
export function batchNormGradientSums(args: usize, thread: i32, threads: i32): void {
  const y = pointer(args, 1);
  const masked = pointer(args, 4);
  if (y == 0) sumChunks(args, thread, threads, false, false);
  else if (masked == 0) sumChunks(args, thread, threads, true, false);
  else sumChunks(args, thread, threads, true, true);
}

// @ts-ignore: decorator
@inline
function sumChunks(args: usize, thread: i32, threads: i32, relu: bool, hasMasked: bool): void {
  const dy = pointer(args, 0);
  const y = pointer(args, 1);
  const x = pointer(args, 2);
  const mean = pointer(args, 3);
  const masked = pointer(args, 4);
  const partials = pointer(args, 5);
  const rows = int(args, 6);
  const rowBytes = <usize>int(args, 7) << 2;
  const chunkRows = int(args, 8);
  const chunks = int(args, 9);
  const vectors = rowBytes & ~15;
  const zero = f32x4.splat(0);

  // Backwards, as in batchNormStatistics: dy's end was written last.
  const front = share(chunks, thread, threads);
  for (let chunk = share(chunks, thread + 1, threads) - 1; chunk >= front; chunk--) {
    const first = chunk * chunkRows;
    const count = min(chunkRows, rows - first);
    const start = <usize>first * rowBytes;
    const quarter = <usize>(count >> 2) * rowBytes; // four streams, see rows.ts
    const sum = partials + <usize>(2 * chunk) * rowBytes;
    const products = sum + rowBytes;
    memory.fill(sum, 0, 2 * rowBytes);
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
        const d0 = f32x4.sub(v128.load(x + i0), m);
        const d1 = f32x4.sub(v128.load(x + i1), m);
        const d2 = f32x4.sub(v128.load(x + i2), m);
        const d3 = f32x4.sub(v128.load(x + i3), m);
        const p = f32x4.add(madd(g1, d1, f32x4.mul(g0, d0)), madd(g3, d3, f32x4.mul(g2, d2)));
        const s = f32x4.add(f32x4.add(g0, g1), f32x4.add(g2, g3));
        v128.store(sum + c, f32x4.add(v128.load(sum + c), s));
        v128.store(products + c, f32x4.add(v128.load(products + c), p));
        if (hasMasked) {
          v128.store(masked + i0, g0);
          v128.store(masked + i1, g1);
          v128.store(masked + i2, g2);
          v128.store(masked + i3, g3);
        }
      }
    }
    const rest = start + 4 * quarter;
    sumOneByOne(args, start, rest, sum, vectors);
    sumOneByOne(args, rest, start + <usize>count * rowBytes, sum, 0);
  }
}

/** The same for the channels from byte `from` on of the rows from byte `row` to `end`. */
function sumOneByOne(args: usize, row: usize, end: usize, sum: usize, from: usize): void {
  const dy = pointer(args, 0);
  const y = pointer(args, 1);
  const x = pointer(args, 2);
  const mean = pointer(args, 3);
  const masked = pointer(args, 4);
  const rowBytes = <usize>int(args, 7) << 2;
  const products = sum + rowBytes;
  if (from == rowBytes) return;
  for (; row < end; row += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) {
      const i = row + c;
      const g: f32 = y == 0 || load<f32>(y + i) > 0 ? load<f32>(dy + i) : 0;
      store<f32>(sum + c, load<f32>(sum + c) + g);
      store<f32>(products + c, load<f32>(products + c) + g * (load<f32>(x + i) - load<f32>(mean + c)));
      if (masked != 0) store<f32>(masked + i, g);
    }
  }
}

/**
 * Arguments: partials, rows, channels, chunks, scale, inverse standard deviation, training, then the outputs:
 * dScale, dOffset, and coefficients [3, channels] such that dx = g * c[0] + (x - mean) * c[1] + c[2].
 *
 * dx = scale * inverse * (g - dOffset / rows - (x - mean) * inverse * dScale / rows) in training, where the statistics
 * depend on x; scale * inverse * g with given statistics.
 */
export function batchNormGradientFinish(args: usize, thread: i32, threads: i32): void {
  const partials = pointer(args, 0);
  const rows = <f64>int(args, 1);
  const channels = int(args, 2);
  const chunks = int(args, 3);
  const training = int(args, 6) != 0;
  const rowBytes = <usize>channels << 2;

  const end = <usize>share(channels, thread + 1, threads) << 2;
  for (let c = <usize>share(channels, thread, threads) << 2; c < end; c += 4) {
    let sum: f64 = 0;
    let products: f64 = 0;
    let partial = partials + c;
    for (let chunk = 0; chunk < chunks; chunk++, partial += 2 * rowBytes) {
      sum += <f64>load<f32>(partial);
      products += <f64>load<f32>(partial + rowBytes);
    }
    const inverse = <f64>load<f32>(pointer(args, 5) + c);
    const factor = <f64>load<f32>(pointer(args, 4) + c) * inverse;
    const dScale = products * inverse;
    store<f32>(pointer(args, 7) + c, <f32>dScale);
    store<f32>(pointer(args, 8) + c, <f32>sum);
    const coefficients = pointer(args, 9) + c;
    store<f32>(coefficients, <f32>factor);
    store<f32>(coefficients + rowBytes, training ? <f32>((-factor * inverse * dScale) / rows) : 0);
    store<f32>(coefficients + 2 * rowBytes, training ? <f32>((-factor * sum) / rows) : 0);
  }
}
