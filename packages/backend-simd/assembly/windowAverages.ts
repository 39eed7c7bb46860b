import { int, madd, pointer, share } from './simd';

// Arguments of both: from, to, B, H, W, C, kernel height and width, stride down and right, padding top and left, Ho, Wo, whether
// padding counts. Average pooling as PyTorch's: what leaves the padded picture, in ceil mode, never counts.

/** y [B, Ho, Wo, C] = the mean of x [B, H, W, C] over each window. Each thread makes whole rows of y. */
export function averagePool2d(args: usize, thread: i32, threads: i32): void {
  const batch = int(args, 2);
  const height = int(args, 3);
  const width = int(args, 4);
  const pixelBytes = <usize>int(args, 5) << 2;
  const outputHeight = int(args, 12);
  const outputWidth = int(args, 13);

  const end = share(batch * outputHeight, thread + 1, threads);
  for (let row = share(batch * outputHeight, thread, threads); row < end; row++) {
    const down = row % outputHeight;
    const h0 = first(args, 0, down);
    const h1 = last(args, 0, down, height);
    const picture = pointer(args, 0) + <usize>((row / outputHeight) * height * width) * pixelBytes;
    let y = pointer(args, 1) + <usize>(row * outputWidth) * pixelBytes;
    for (let column = 0; column < outputWidth; column++, y += pixelBytes) {
      const w0 = first(args, 1, column);
      const w1 = last(args, 1, column, width);
      const factor = <f32>1 / <f32>(counted(args, 0, down, height) * counted(args, 1, column, width));
      let c: usize = 0;
      for (; c + 16 <= pixelBytes; c += 16) {
        let sum = f32x4.splat(0);
        for (let h = h0; h < h1; h++) {
          let pixel = picture + <usize>(h * width + w0) * pixelBytes + c;
          for (let w = w0; w < w1; w++, pixel += pixelBytes) sum = f32x4.add(sum, v128.load(pixel));
        }
        v128.store(y + c, f32x4.mul(sum, f32x4.splat(factor)));
      }
      for (; c < pixelBytes; c += 4) {
        let sum: f32 = 0;
        for (let h = h0; h < h1; h++) {
          let pixel = picture + <usize>(h * width + w0) * pixelBytes + c;
          for (let w = w0; w < w1; w++, pixel += pixelBytes) sum += load<f32>(pixel);
        }
        store<f32>(y + c, sum * factor);
      }
    }
  }
}

/** dx [B, H, W, C] = the shares of dy [B, Ho, Wo, C] whose windows hold the pixel, in their order. Each thread makes whole rows of dx. */
export function averagePool2dGradient(args: usize, thread: i32, threads: i32): void {
  const batch = int(args, 2);
  const height = int(args, 3);
  const width = int(args, 4);
  const pixelBytes = <usize>int(args, 5) << 2;
  const outputHeight = int(args, 12);
  const outputWidth = int(args, 13);

  const end = share(batch * height, thread + 1, threads);
  for (let row = share(batch * height, thread, threads); row < end; row++) {
    const h = row % height;
    const picture = pointer(args, 0) + <usize>((row / height) * outputHeight * outputWidth) * pixelBytes;
    const down0 = firstWindow(args, 0, h);
    const down1 = min(lastWindow(args, 0, h), outputHeight);
    const dx = pointer(args, 1) + <usize>(row * width) * pixelBytes;
    memory.fill(dx, 0, <usize>width * pixelBytes);
    for (let w = 0; w < width; w++) {
      const pixel = dx + <usize>w * pixelBytes;
      const across0 = firstWindow(args, 1, w);
      const across1 = min(lastWindow(args, 1, w), outputWidth);
      for (let down = down0; down < down1; down++) {
        for (let across = across0; across < across1; across++) {
          const factor = <f32>1 / <f32>(counted(args, 0, down, height) * counted(args, 1, across, width));
          addScaled(picture + <usize>(down * outputWidth + across) * pixelBytes, pixel, factor, pixelBytes);
        }
      }
    }
  }
}

/** y += x * factor, for the channels of a pixel. */
function addScaled(x: usize, y: usize, factor: f32, bytes: usize): void {
  const factors = f32x4.splat(factor);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) v128.store(y + c, madd(v128.load(x + c), factors, v128.load(y + c)));
  for (; c < bytes; c += 4) store<f32>(y + c, load<f32>(y + c) + load<f32>(x + c) * factor);
}

// Along one axis (0: down, 1: right) of a given length.

// @ts-ignore: decorator
@inline
function start(args: usize, axis: i32, window: i32): i32 {
  return window * int(args, 8 + axis) - int(args, 10 + axis);
}

/** The first position of a window inside of the picture. */
function first(args: usize, axis: i32, window: i32): i32 {
  return max(start(args, axis, window), 0);
}

/** The position behind a window's last inside of the picture. */
function last(args: usize, axis: i32, window: i32, length: i32): i32 {
  return min(start(args, axis, window) + int(args, 6 + axis), length);
}

/** How many positions of a window count. */
function counted(args: usize, axis: i32, window: i32, length: i32): i32 {
  if (int(args, 14) == 0) return last(args, axis, window, length) - first(args, axis, window);
  const from = start(args, axis, window);
  return min(from + int(args, 6 + axis), length + int(args, 10 + axis)) - from;
}

/** The first window that reaches a position. */
function firstWindow(args: usize, axis: i32, position: i32): i32 {
  const behind = position + int(args, 10 + axis) - int(args, 6 + axis);
  return behind < 0 ? 0 : behind / int(args, 8 + axis) + 1;
}

/** The window behind the last that reaches a position, as if there were no end of them. */
function lastWindow(args: usize, axis: i32, position: i32): i32 {
  return (position + int(args, 10 + axis)) / int(args, 8 + axis) + 1;
}
