import { addRows } from './rows';
import { int, pointer, share } from './simd';

/** y [B, C] = the mean of x [B, pixels, C] over the pixels. Arguments: x, y, B, pixels, C. A thread owns whole pictures. */
export function globalAveragePool(args: usize, thread: i32, threads: i32): void {
  const batch = int(args, 2);
  const pixels = int(args, 3);
  const rowBytes = <usize>int(args, 4) << 2;
  const end = share(batch, thread + 1, threads);
  for (let picture = share(batch, thread, threads); picture < end; picture++) {
    const y = pointer(args, 1) + <usize>picture * rowBytes;
    memory.fill(y, 0, rowBytes);
    addRows(pointer(args, 0) + <usize>(picture * pixels) * rowBytes, y, pixels, rowBytes);
    for (let c: usize = 0; c < rowBytes; c += 4) store<f32>(y + c, load<f32>(y + c) / <f32>pixels);
  }
}

/** dx [B, pixels, C] = dy [B, C] / pixels at every pixel. Arguments: dy, dx, B, pixels, C. A thread owns whole pictures. */
export function globalAveragePoolGradient(args: usize, thread: i32, threads: i32): void {
  const batch = int(args, 2);
  const pixels = int(args, 3);
  const rowBytes = <usize>int(args, 4) << 2;
  const end = share(batch, thread + 1, threads);
  for (let picture = share(batch, thread, threads); picture < end; picture++) {
    const dy = pointer(args, 0) + <usize>picture * rowBytes;
    const first = pointer(args, 1) + <usize>(picture * pixels) * rowBytes;
    for (let c: usize = 0; c < rowBytes; c += 4) store<f32>(first + c, load<f32>(dy + c) / <f32>pixels);
    for (let pixel = 1; pixel < pixels; pixel++) memory.copy(first + <usize>pixel * rowBytes, first, rowBytes);
  }
}
