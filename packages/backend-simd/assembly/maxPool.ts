import { int, pointer, share } from './simd';

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
  const vectors = pixelBytes & ~15;

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

      for (let c: usize = 0; c < vectors; c += 16) {
        let best = f32x4.splat(-Infinity);
        let bestPosition = i32x4.splat(h0 * width + w0);
        for (let h = h0; h < h1; h++) {
          let position = h * width + w0;
          let pixel = picture + <usize>position * pixelBytes + c;
          for (const last = h * width + w1; position < last; position++, pixel += pixelBytes) {
            const value = v128.load(pixel);
            const better = v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
            best = v128.bitselect(value, best, better);
            bestPosition = v128.bitselect(i32x4.splat(position), bestPosition, better);
          }
        }
        v128.store(y + c, best);
        v128.store(argmax + c, bestPosition);
      }

      for (let c = vectors; c < pixelBytes; c += 4) {
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
