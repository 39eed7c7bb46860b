import { addRows } from './rows';
import { float, int, madd, pointer, share } from './simd';

// Batch normalisation of x [rows, channels], in two passes over memory: `batchNormStatistics` reads x;
// `batchNormFinish` turns the chunks' statistics into the channels'; `batchNormApply` reads x and writes y.
//
// The rows are cut into chunks, a function of the shape alone, so that the bits don't depend on the threads. A chunk
// gives three numbers a channel: a pilot value p (the mean of the chunk's first rows), sum(x - p) and sum((x - p)^2).
// The textbook E[x^2] - E[x]^2 would lose all digits where the mean is far from 0. Around a pilot nothing is lost, as
// the pilot is the mean of 1/16 of the chunk: (mean - p)^2 is at most 15 variances, whatever the data.
// Chan, Golub & LeVeque, "Algorithms for computing the sample variance" (1983), section 3.

/** The share of a chunk whose mean is the pilot: 1/16. */
const PILOT_SHIFT: i32 = 4;

/**
 * Arguments: x, partials, rows, channels, rows a chunk, chunks.
 * `partials` [chunks, 3, channels] receives p, sum(x - p) and sum((x - p)^2).
 */
export function batchNormStatistics(args: usize, thread: i32, threads: i32): void {
  const x = pointer(args, 0);
  const partials = pointer(args, 1);
  const rows = int(args, 2);
  const rowBytes = <usize>int(args, 3) << 2;
  const chunkRows = int(args, 4);
  const chunks = int(args, 5);

  // Backwards: the end of x was written last and may still be in the cache, and `batchNormApply` starts at the front.
  const front = share(chunks, thread, threads);
  for (let chunk = share(chunks, thread + 1, threads) - 1; chunk >= front; chunk--) {
    const first = chunk * chunkRows;
    const count = min(chunkRows, rows - first);
    const start = x + <usize>first * rowBytes;
    const pilot = partials + <usize>(3 * chunk) * rowBytes;
    memory.fill(pilot, 0, 3 * rowBytes);

    const pilotRows = max(count >> PILOT_SHIFT, 1);
    addRows(start, pilot, pilotRows, rowBytes);
    for (let c: usize = 0; c < rowBytes; c += 4) store<f32>(pilot + c, load<f32>(pilot + c) / <f32>pilotRows);
    addDeviations(start, pilot, count, rowBytes);
  }
}

/** For each channel: adds x - p to the row after `pilot`, and (x - p)^2 to the row after that. */
function addDeviations(x: usize, pilot: usize, count: i32, rowBytes: usize): void {
  const sum = pilot + rowBytes;
  const squares = sum + rowBytes;
  const quarter = <usize>(count >> 2) * rowBytes;
  const vectors = rowBytes & ~15;
  for (let row: usize = 0; row < quarter; row += rowBytes) {
    const x0 = x + row;
    const x1 = x0 + quarter;
    const x2 = x1 + quarter;
    const x3 = x2 + quarter;
    for (let c: usize = 0; c < vectors; c += 16) {
      const p = v128.load(pilot + c);
      const d0 = f32x4.sub(v128.load(x0 + c), p);
      const d1 = f32x4.sub(v128.load(x1 + c), p);
      const d2 = f32x4.sub(v128.load(x2 + c), p);
      const d3 = f32x4.sub(v128.load(x3 + c), p);
      const d = f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3));
      const q = f32x4.add(madd(d1, d1, f32x4.mul(d0, d0)), madd(d3, d3, f32x4.mul(d2, d2)));
      v128.store(sum + c, f32x4.add(v128.load(sum + c), d));
      v128.store(squares + c, f32x4.add(v128.load(squares + c), q));
    }
  }
  addDeviationsOneByOne(x, x + 4 * quarter, pilot, vectors, rowBytes);
  addDeviationsOneByOne(x + 4 * quarter, x + <usize>count * rowBytes, pilot, 0, rowBytes);
}

/** The same for the channels from byte `from` on of the rows from `x` to `end`. */
function addDeviationsOneByOne(x: usize, end: usize, pilot: usize, from: usize, rowBytes: usize): void {
  if (from == rowBytes) return;
  const sum = pilot + rowBytes;
  const squares = sum + rowBytes;
  for (; x < end; x += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) {
      const d = load<f32>(x + c) - load<f32>(pilot + c);
      store<f32>(sum + c, load<f32>(sum + c) + d);
      store<f32>(squares + c, load<f32>(squares + c) + d * d);
    }
  }
}

/**
 * Arguments: partials, rows, channels, rows a chunk, chunks, scale, offset, running mean, running variance, momentum,
 * epsilon, then the outputs: mean, inverse standard deviation, new running mean, new running variance, and
 * coefficients [3, channels]: mean, factor and summand, such that y = (x - mean) * factor + summand. In float64 throughout.
 */
export function batchNormFinish(args: usize, thread: i32, threads: i32): void {
  const partials = pointer(args, 0);
  const rows = int(args, 1);
  const channels = int(args, 2);
  const chunkRows = int(args, 3);
  const chunks = int(args, 4);
  const momentum = <f64>float(args, 9);
  const epsilon = <f64>float(args, 10);
  const rowBytes = <usize>channels << 2;

  const end = <usize>share(channels, thread + 1, threads) << 2;
  for (let c = <usize>share(channels, thread, threads) << 2; c < end; c += 4) {
    const reference = <f64>load<f32>(partials + c); // any value near the data will do: deviations are taken from it
    let sum: f64 = 0; // of the chunks' means less the reference, weighted by their rows
    let squares: f64 = 0;
    let within: f64 = 0; // sum of squared deviations from the chunks' own means
    let partial = partials + c;
    for (let chunk = 0; chunk < chunks; chunk++, partial += 3 * rowBytes) {
      const count = <f64>min(chunkRows, rows - chunk * chunkRows);
      const s = <f64>load<f32>(partial + rowBytes);
      const d = <f64>load<f32>(partial) - reference + s / count;
      within += <f64>load<f32>(partial + 2 * rowBytes) - (s * s) / count;
      sum += count * d;
      squares += count * d * d;
    }
    const mean = reference + sum / rows;
    const total = max<f64>(within + squares - (sum * sum) / rows, 0);
    const inverse = 1 / Math.sqrt(total / rows + epsilon);
    const factor = <f64>load<f32>(pointer(args, 5) + c) * inverse;
    const rounded = <f32>mean;

    const oldMean = <f64>load<f32>(pointer(args, 7) + c);
    const oldVariance = <f64>load<f32>(pointer(args, 8) + c);
    store<f32>(pointer(args, 11) + c, rounded);
    store<f32>(pointer(args, 12) + c, <f32>inverse);
    store<f32>(pointer(args, 13) + c, <f32>((1 - momentum) * oldMean + momentum * mean));
    store<f32>(pointer(args, 14) + c, <f32>((1 - momentum) * oldVariance + momentum * (total / <f64>(rows - 1))));
    const coefficients = pointer(args, 15) + c;
    store<f32>(coefficients, rounded);
    store<f32>(coefficients + rowBytes, <f32>factor);
    // What rounding took from the mean goes into the summand: it matters where the mean is far larger than the spread.
    const offset = <f64>load<f32>(pointer(args, 6) + c);
    store<f32>(coefficients + 2 * rowBytes, <f32>(offset - (mean - <f64>rounded) * factor));
  }
}
