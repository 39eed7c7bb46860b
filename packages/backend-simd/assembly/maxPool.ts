import { int, madd, pointer, select, share } from './simd';

/** What is done to x before pooling: nothing; or batch normalisation; or that and a ReLU. See src/kernels/maxPool2d.ts. */
const AS_IT_IS: i32 = 0;
const NORMALISED: i32 = 1;
const RECTIFIED: i32 = 2;

/**
 * Max-pooling as PyTorch's: padding never wins, the first maximum wins, a NaN wins over everything.
 *
 * Arguments: x [B, H, W, C], y and argmax [B, Ho, Wo, C], B, H, W, C, kernel height and width, stride down and right,
 * padding top and left, Ho, Wo, what is done to x before, and for that the coefficients [3, C] (mean, factor, summand).
 * Each thread makes whole rows of y. `argmax` is h * W + w of the chosen position.
 */
export function maxPool2d(args: usize, thread: i32, threads: i32): void {
  // The treatment is a constant in each of the three copies that are inlined here.
  const before = int(args, 15);
  if (before == AS_IT_IS) poolRows(args, thread, threads, AS_IT_IS);
  else if (before == NORMALISED) poolRows(args, thread, threads, NORMALISED);
  else poolRows(args, thread, threads, RECTIFIED);
}

// @ts-ignore: decorator
@inline
function poolRows(args: usize, thread: i32, threads: i32, before: i32): void {
  const x = pointer(args, 0);
  const batch = int(args, 3);
  const height = int(args, 4);
  const width = int(args, 5);
  const pixelBytes = <usize>int(args, 6) << 2;
  const kernelHeight = int(args, 7);
  const kernelWidth = int(args, 8);
  const strideDown = int(args, 9);
  const strideRight = int(args, 10);
  const paddingTop = int(args, 11);
  const paddingLeft = int(args, 12);
  const outputHeight = int(args, 13);
  const outputWidth = int(args, 14);
  const coefficients = pointer(args, 16);

  const end = share(batch * outputHeight, thread + 1, threads);
  for (let row = share(batch * outputHeight, thread, threads); row < end; row++) {
    const top = (row % outputHeight) * strideDown - paddingTop;
    const h0 = max(top, 0);
    const h1 = min(top + kernelHeight, height);
    const picture = x + <usize>((row / outputHeight) * height * width) * pixelBytes;
    let output = <usize>(row * outputWidth) * pixelBytes;
    for (let column = 0; column < outputWidth; column++, output += pixelBytes) {
      const left = column * strideRight - paddingLeft;
      const w0 = max(left, 0);
      const w1 = min(left + kernelWidth, width);
      const y = pointer(args, 1) + output;
      const argmax = pointer(args, 2) + output;
      let c: usize = 0;
      for (; c + 32 <= pixelBytes; c += 32) {
        poolVectors(before, picture + c, coefficients + c, y + c, argmax + c, pixelBytes, h0, h1, w0, w1, width, true);
      }
      for (; c + 16 <= pixelBytes; c += 16) {
        poolVectors(before, picture + c, coefficients + c, y + c, argmax + c, pixelBytes, h0, h1, w0, w1, width, false);
      }
      for (; c < pixelBytes; c += 4) {
        poolOne(before, picture + c, coefficients + c, y + c, argmax + c, pixelBytes, h0, h1, w0, w1, width);
      }
    }
  }
}

/** One output pixel's next 4 or 8 channels: rows h0 to h1 and columns w0 to w1 of the picture, whose width is `width`. */
// @ts-ignore: decorator
@inline
function poolVectors(
  before: i32,
  picture: usize,
  coefficients: usize,
  y: usize,
  argmax: usize,
  pixelBytes: usize,
  h0: i32,
  h1: i32,
  w0: i32,
  w1: i32,
  width: i32,
  two: bool,
): void {
  const factors = coefficients + pixelBytes;
  const summands = factors + pixelBytes;
  let best0 = f32x4.splat(-Infinity);
  let best1 = best0;
  let chosen0 = i32x4.splat(h0 * width + w0);
  let chosen1 = chosen0;
  for (let h = h0; h < h1; h++) {
    let position = h * width + w0;
    let pixel = picture + <usize>position * pixelBytes;
    for (const last = h * width + w1; position < last; position++, pixel += pixelBytes) {
      const here = i32x4.splat(position);
      const value0 = prepared(before, v128.load(pixel), coefficients, factors, summands);
      const better0 = wins(value0, best0);
      best0 = select(value0, best0, better0);
      chosen0 = select(here, chosen0, better0);
      if (two) {
        const value1 = prepared(before, v128.load(pixel, 16), coefficients + 16, factors + 16, summands + 16);
        const better1 = wins(value1, best1);
        best1 = select(value1, best1, better1);
        chosen1 = select(here, chosen1, better1);
      }
    }
  }
  v128.store(y, best0);
  v128.store(argmax, chosen0);
  if (two) {
    v128.store(y, best1, 16);
    v128.store(argmax, chosen1, 16);
  }
}

/** Four values as batchNormApply.ts computes them. */
// @ts-ignore: decorator
@inline
function prepared(before: i32, x: v128, mean: usize, factor: usize, summand: usize): v128 {
  if (before == AS_IT_IS) return x;
  const y = madd(f32x4.sub(x, v128.load(mean)), v128.load(factor), v128.load(summand));
  return before == RECTIFIED ? f32x4.pmax(y, f32x4.splat(0)) : y;
}

/** Where `value` is larger than the best so far, or a NaN. */
// @ts-ignore: decorator
@inline
function wins(value: v128, best: v128): v128 {
  return v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
}

/** One output pixel's next channel. */
function poolOne(
  before: i32,
  picture: usize,
  coefficients: usize,
  y: usize,
  argmax: usize,
  pixelBytes: usize,
  h0: i32,
  h1: i32,
  w0: i32,
  w1: i32,
  width: i32,
): void {
  let best: f32 = -Infinity;
  let chosen = h0 * width + w0;
  for (let h = h0; h < h1; h++) {
    for (let position = h * width + w0; position < h * width + w1; position++) {
      let value = load<f32>(picture + <usize>position * pixelBytes);
      if (before != AS_IT_IS) {
        const factor = load<f32>(coefficients + pixelBytes);
        value = (value - load<f32>(coefficients)) * factor + load<f32>(coefficients + 2 * pixelBytes);
        if (before == RECTIFIED && value < 0) value = 0;
      }
      if (value > best || value != value) {
        best = value;
        chosen = position;
      }
    }
  }
  store<f32>(y, best);
  store<i32>(argmax, chosen);
}

/**
 * dx [B, inputs, C]: each dy [B, outputs, C] is added where its maximum came from, in the order of the outputs.
 * Arguments: dy, argmax, dx, B, inputs (H * W), outputs (Ho * Wo), C. Each thread owns whole pictures.
 */
export function maxPool2dGradient(args: usize, thread: i32, threads: i32): void {
  const batch = int(args, 3);
  const inputs = int(args, 4);
  const outputs = int(args, 5);
  const pixelBytes = <usize>int(args, 6) << 2;

  const end = share(batch, thread + 1, threads);
  for (let picture = share(batch, thread, threads); picture < end; picture++) {
    const dx = pointer(args, 2) + <usize>(picture * inputs) * pixelBytes;
    memory.fill(dx, 0, <usize>inputs * pixelBytes);
    let dy = pointer(args, 0) + <usize>(picture * outputs) * pixelBytes;
    let argmax = pointer(args, 1) + <usize>(picture * outputs) * pixelBytes;
    for (let output = 0; output < outputs; output++) {
      for (let c: usize = 0; c < pixelBytes; c += 4) {
        const target = dx + load<usize>(argmax + c) * pixelBytes + c;
        store<f32>(target, load<f32>(target) + load<f32>(dy + c));
      }
      dy += pixelBytes;
      argmax += pixelBytes;
    }
  }
}
