import { int, madd, pointer, share } from './simd';

// The gradient of batch normalisation, in two passes over memory. With g = dy where the ReLU let y through:
// `batchNormGradientSums` reads dy and x for sum(g) and sum(g * (x - mean)), and writes g where an addend needs it;
// `batchNormGradientApply` reads g (or dy) and x, and writes dx.
// Ioffe & Szegedy, "Batch Normalization" (arXiv 1502.03167), section 3.

/** How g is made of dy: there is no ReLU; or y > 0 is read; or y is computed from x again, which is one read less. */
export const NO_RELU: i32 = 0;
export const READ_Y: i32 = 1;
export const COMPUTE_Y: i32 = 2;

/**
 * g, for four values: dy where the ReLU let y through. `d` is x - mean, `f` and `s` are the forward coefficients:
 * the same instructions as in `batchNormApply` give the same bits, so y > 0 is decided alike.
 */
// @ts-ignore: decorator
@inline
export function masked(mode: i32, dy: v128, y: usize, d: v128, f: v128, s: v128): v128 {
  if (mode == NO_RELU) return dy;
  const value = mode == READ_Y ? v128.load(y) : madd(d, f, s);
  return v128.and(dy, f32x4.gt(value, f32x4.splat(0)));
}

/** The same for one value. */
// @ts-ignore: decorator
@inline
export function maskedOne(mode: i32, dy: f32, y: usize, d: f32, f: f32, s: f32): f32 {
  if (mode == NO_RELU) return dy;
  const value = mode == READ_Y ? load<f32>(y) : d * f + s;
  return value > 0 ? dy : 0;
}

/**
 * Arguments: mode, dy, what is to be added to dy or 0, y or 0, x, mean, forward coefficients [3, channels] (mean, factor,
 * summand) or 0, g's place or 0, partials, rows, channels, rows a chunk, chunks.
 * `partials` [chunks, 2, channels] receives sum(g) and sum(g * (x - mean)) of each chunk.
 */
export function batchNormGradientSums(args: usize, thread: i32, threads: i32): void {
  // What varies is a constant in each of the five copies that are inlined here: no branch is left in the inner loop.
  const mode = int(args, 0);
  const writesG = pointer(args, 7) != 0;
  if (mode == NO_RELU) sumChunks(args, thread, threads, NO_RELU, false, false);
  else if (mode == COMPUTE_Y) sumChunks(args, thread, threads, COMPUTE_Y, false, false);
  else if (!writesG) sumChunks(args, thread, threads, READ_Y, false, false);
  else if (pointer(args, 2) == 0) sumChunks(args, thread, threads, READ_Y, true, false);
  else sumChunks(args, thread, threads, READ_Y, true, true);
}

// @ts-ignore: decorator
@inline
function sumChunks(args: usize, thread: i32, threads: i32, mode: i32, writesG: bool, adds: bool): void {
  const dy = pointer(args, 1);
  const more = pointer(args, 2);
  const y = pointer(args, 3);
  const x = pointer(args, 4);
  const mean = pointer(args, 5);
  const g = pointer(args, 7);
  const partials = pointer(args, 8);
  const rows = int(args, 9);
  const rowBytes = <usize>int(args, 10) << 2;
  const chunkRows = int(args, 11);
  const chunks = int(args, 12);
  const factor = pointer(args, 6) + rowBytes;
  const summand = factor + rowBytes;
  const vectors = rowBytes & ~15;

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
        const m = v128.load(mean + c);
        const d0 = f32x4.sub(v128.load(x + i0), m);
        const d1 = f32x4.sub(v128.load(x + i1), m);
        const d2 = f32x4.sub(v128.load(x + i2), m);
        const d3 = f32x4.sub(v128.load(x + i3), m);
        const f = mode == COMPUTE_Y ? v128.load(factor + c) : m;
        const s = mode == COMPUTE_Y ? v128.load(summand + c) : m;
        const g0 = masked(mode, loadSum(adds, dy + i0, more + i0), y + i0, d0, f, s);
        const g1 = masked(mode, loadSum(adds, dy + i1, more + i1), y + i1, d1, f, s);
        const g2 = masked(mode, loadSum(adds, dy + i2, more + i2), y + i2, d2, f, s);
        const g3 = masked(mode, loadSum(adds, dy + i3, more + i3), y + i3, d3, f, s);
        const p = f32x4.add(madd(g1, d1, f32x4.mul(g0, d0)), madd(g3, d3, f32x4.mul(g2, d2)));
        const t = f32x4.add(f32x4.add(g0, g1), f32x4.add(g2, g3));
        v128.store(sum + c, f32x4.add(v128.load(sum + c), t));
        v128.store(products + c, f32x4.add(v128.load(products + c), p));
        if (writesG) {
          v128.store(g + i0, g0);
          v128.store(g + i1, g1);
          v128.store(g + i2, g2);
          v128.store(g + i3, g3);
        }
      }
    }
    const rest = start + 4 * quarter;
    sumOneByOne(args, start, rest, sum, vectors);
    sumOneByOne(args, rest, start + <usize>count * rowBytes, sum, 0);
  }
}

// @ts-ignore: decorator
@inline
function loadSum(adds: bool, a: usize, b: usize): v128 {
  return adds ? f32x4.add(v128.load(a), v128.load(b)) : v128.load(a);
}

/** The same for the channels from byte `from` on of the rows from byte `row` to `end`. */
function sumOneByOne(args: usize, row: usize, end: usize, sum: usize, from: usize): void {
  const mode = int(args, 0);
  const dy = pointer(args, 1);
  const more = pointer(args, 2);
  const y = pointer(args, 3);
  const x = pointer(args, 4);
  const mean = pointer(args, 5);
  const g = pointer(args, 7);
  const rowBytes = <usize>int(args, 10) << 2;
  const factor = pointer(args, 6) + rowBytes;
  const products = sum + rowBytes;
  if (from == rowBytes) return;
  for (; row < end; row += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) {
      const i = row + c;
      const d = load<f32>(x + i) - load<f32>(mean + c);
      const f: f32 = mode == COMPUTE_Y ? load<f32>(factor + c) : 0;
      const s: f32 = mode == COMPUTE_Y ? load<f32>(factor + rowBytes + c) : 0;
      const incoming = more == 0 ? load<f32>(dy + i) : load<f32>(dy + i) + load<f32>(more + i);
      const value = maskedOne(mode, incoming, y + i, d, f, s);
      store<f32>(sum + c, load<f32>(sum + c) + value);
      store<f32>(products + c, load<f32>(products + c) + value * d);
      if (g != 0) store<f32>(g + i, value);
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
