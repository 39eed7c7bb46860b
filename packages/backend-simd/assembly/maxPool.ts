import { int, pointer, select, share } from './simd';

/**
 * Max-pooling as PyTorch's: padding never wins, the first maximum wins, a NaN wins over everything.
 * Arguments: x [B, H, W, C], y and argmax [B, Ho, Wo, C], B, H, W, C, kernel height and width, stride down and right,
 * padding top and left, Ho, Wo. Each thread makes whole rows of y. `argmax` is h * W + w of the chosen position.
 */
export function maxPool2d(args: usize, thread: i32, threads: i32): void {
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
      for (; c + 64 <= pixelBytes; c += 64) poolVectors(picture + c, y + c, argmax + c, pixelBytes, h0, h1, w0, w1, width, 4);
      for (; c + 16 <= pixelBytes; c += 16) poolVectors(picture + c, y + c, argmax + c, pixelBytes, h0, h1, w0, w1, width, 1);
      for (; c < pixelBytes; c += 4) {
        let best: f32 = -Infinity;
        let bestPosition = h0 * width + w0;
        for (let h = h0; h < h1; h++) {
          for (let position = h * width + w0; position < h * width + w1; position++) {
            const value = load<f32>(picture + <usize>position * pixelBytes + c);
            if (value > best || value != value) {
              best = value;
              bestPosition = position;
            }
          }
        }
        store<f32>(y + c, best);
        store<i32>(argmax + c, bestPosition);
      }
    }
  }
}

/** One output pixel's next 4 or 16 channels: rows h0 to h1 and columns w0 to w1 of the picture, whose width is `width`. */
// @ts-ignore: decorator
@inline
function poolVectors(
  picture: usize,
  y: usize,
  argmax: usize,
  pixelBytes: usize,
  h0: i32,
  h1: i32,
  w0: i32,
  w1: i32,
  width: i32,
  vectors: i32,
): void {
  let best0 = f32x4.splat(-Infinity);
  let best1 = best0;
  let best2 = best0;
  let best3 = best0;
  let chosen0 = i32x4.splat(h0 * width + w0);
  let chosen1 = chosen0;
  let chosen2 = chosen0;
  let chosen3 = chosen0;
  for (let h = h0; h < h1; h++) {
    let position = h * width + w0;
    let pixel = picture + <usize>position * pixelBytes;
    for (const last = h * width + w1; position < last; position++, pixel += pixelBytes) {
      const here = i32x4.splat(position);
      const value0 = v128.load(pixel);
      const better0 = wins(value0, best0);
      best0 = select(value0, best0, better0);
      chosen0 = select(here, chosen0, better0);
      if (vectors == 4) {
        const value1 = v128.load(pixel, 16);
        const better1 = wins(value1, best1);
        best1 = select(value1, best1, better1);
        chosen1 = select(here, chosen1, better1);
        const value2 = v128.load(pixel, 32);
        const better2 = wins(value2, best2);
        best2 = select(value2, best2, better2);
        chosen2 = select(here, chosen2, better2);
        const value3 = v128.load(pixel, 48);
        const better3 = wins(value3, best3);
        best3 = select(value3, best3, better3);
        chosen3 = select(here, chosen3, better3);
      }
    }
  }
  v128.store(y, best0);
  v128.store(argmax, chosen0);
  if (vectors == 4) {
    v128.store(y, best1, 16);
    v128.store(y, best2, 32);
    v128.store(y, best3, 48);
    v128.store(argmax, chosen1, 16);
    v128.store(argmax, chosen2, 32);
    v128.store(argmax, chosen3, 48);
  }
}

/** Where `value` is larger than the best so far, or a NaN. */
// @ts-ignore: decorator
@inline
function wins(value: v128, best: v128): v128 {
  return v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
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
