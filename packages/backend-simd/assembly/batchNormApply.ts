import { float, int, madd, pointer, share } from './simd';

/**
 * y = activation((x - mean) * factor + summand + addend), for training and for inference.
 * Arguments: x, addend or 0, y, coefficients [3, channels] (mean, factor, summand), rows, channels, rows a chunk,
 * chunks, relu, batch free.
 *
 * Whole vectors are multiplied and added in one rounding where the engine can, single values always in two. Of the rows beyond a
 * multiple of four all values are single, so that a value's rounding depends on the row it stands in; batch free, it depends
 * on its channel alone.
 */
export function batchNormApply(args: usize, thread: i32, threads: i32): void {
  const addend = pointer(args, 1);
  const relu = int(args, 8) != 0;
  // The flags are constants in each of the four copies that are inlined here: no branch is left in the inner loop.
  if (addend != 0) {
    if (relu) applyChunks(args, thread, threads, true, true);
    else applyChunks(args, thread, threads, true, false);
  } else {
    if (relu) applyChunks(args, thread, threads, false, true);
    else applyChunks(args, thread, threads, false, false);
  }
}

// @ts-ignore: decorator
@inline
function applyChunks(args: usize, thread: i32, threads: i32, hasAddend: bool, relu: bool): void {
  const x = pointer(args, 0);
  const addend = pointer(args, 1);
  const y = pointer(args, 2);
  const mean = pointer(args, 3);
  const rows = int(args, 4);
  const rowBytes = <usize>int(args, 5) << 2;
  const chunkRows = int(args, 6);
  const chunks = int(args, 7);
  const batchFree = int(args, 9) != 0;
  const factor = mean + rowBytes;
  const summand = factor + rowBytes;
  const vectors = rowBytes & ~15;

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
        const m = v128.load(mean + c);
        const f = v128.load(factor + c);
        const s = v128.load(summand + c);
        let y0 = madd(f32x4.sub(v128.load(x + i0), m), f, s);
        let y1 = madd(f32x4.sub(v128.load(x + i1), m), f, s);
        let y2 = madd(f32x4.sub(v128.load(x + i2), m), f, s);
        let y3 = madd(f32x4.sub(v128.load(x + i3), m), f, s);
        if (hasAddend) {
          y0 = f32x4.add(y0, v128.load(addend + i0));
          y1 = f32x4.add(y1, v128.load(addend + i1));
          y2 = f32x4.add(y2, v128.load(addend + i2));
          y3 = f32x4.add(y3, v128.load(addend + i3));
        }
        if (relu) {
          const zero = f32x4.splat(0); // pmax(y, 0) is "y < 0 ? 0 : y": a NaN stays
          y0 = f32x4.pmax(y0, zero);
          y1 = f32x4.pmax(y1, zero);
          y2 = f32x4.pmax(y2, zero);
          y3 = f32x4.pmax(y3, zero);
        }
        v128.store(y + i0, y0);
        v128.store(y + i1, y1);
        v128.store(y + i2, y2);
        v128.store(y + i3, y3);
      }
    }
    const rest = start + 4 * quarter;
    const chunkEnd = start + <usize>count * rowBytes;
    if (batchFree) applyVectors(args, rest, chunkEnd, vectors, hasAddend, relu);
    applyOneByOne(args, start, rest, vectors, hasAddend, relu);
    applyOneByOne(args, rest, chunkEnd, batchFree ? vectors : 0, hasAddend, relu);
  }
}

/** The same for the channels up to byte `vectors` of the rows from byte `row` to `end`, in whole vectors. */
function applyVectors(args: usize, row: usize, end: usize, vectors: usize, hasAddend: bool, relu: bool): void {
  const x = pointer(args, 0);
  const addend = pointer(args, 1);
  const y = pointer(args, 2);
  const mean = pointer(args, 3);
  const rowBytes = <usize>int(args, 5) << 2;
  const factor = mean + rowBytes;
  const summand = factor + rowBytes;
  for (; row < end; row += rowBytes) {
    for (let c: usize = 0; c < vectors; c += 16) {
      const i = row + c;
      let value = madd(f32x4.sub(v128.load(x + i), v128.load(mean + c)), v128.load(factor + c), v128.load(summand + c));
      if (hasAddend) value = f32x4.add(value, v128.load(addend + i));
      v128.store(y + i, relu ? f32x4.pmax(value, f32x4.splat(0)) : value);
    }
  }
}

/** The same for the channels from byte `from` on of the rows from byte `row` to `end`. */
function applyOneByOne(args: usize, row: usize, end: usize, from: usize, hasAddend: bool, relu: bool): void {
  const x = pointer(args, 0);
  const addend = pointer(args, 1);
  const y = pointer(args, 2);
  const mean = pointer(args, 3);
  const rowBytes = <usize>int(args, 5) << 2;
  const factor = mean + rowBytes;
  const summand = factor + rowBytes;
  if (from == rowBytes) return;
  for (; row < end; row += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) {
      const i = row + c;
      let value = (load<f32>(x + i) - load<f32>(mean + c)) * load<f32>(factor + c) + load<f32>(summand + c);
      if (hasAddend) value += load<f32>(addend + i);
      store<f32>(y + i, relu && value < 0 ? 0 : value);
    }
  }
}

/**
 * Given statistics instead of the batch's. Arguments: scale, offset, mean, variance, channels, epsilon, then the outputs:
 * inverse standard deviation [channels] and coefficients [3, channels] for `batchNormApply`. In float64, on one thread.
 */
export function batchNormInferenceCoefficients(args: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const scale = pointer(args, 0);
  const offset = pointer(args, 1);
  const variance = pointer(args, 3);
  const rowBytes = <usize>int(args, 4) << 2;
  const epsilon = <f64>float(args, 5);
  const inverse = pointer(args, 6);
  const coefficients = pointer(args, 7);
  memory.copy(coefficients, pointer(args, 2), rowBytes);
  for (let c: usize = 0; c < rowBytes; c += 4) {
    const value = 1 / Math.sqrt(<f64>load<f32>(variance + c) + epsilon);
    store<f32>(inverse + c, <f32>value);
    store<f32>(coefficients + rowBytes + c, <f32>(<f64>load<f32>(scale + c) * value));
    store<f32>(coefficients + 2 * rowBytes + c, load<f32>(offset + c));
  }
}
