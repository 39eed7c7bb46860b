import { float, int, pointer, share } from './simd';

/** Sets a float32 vector to one value. args: output, length, value (float). */
export function fill(args: usize, thread: i32, threads: i32): void {
  const output = pointer(args, 0);
  const length = int(args, 1);
  const value = float(args, 2);
  const end = output + (<usize>share(length, thread + 1, threads) << 2);
  let at = output + (<usize>share(length, thread, threads) << 2);
  const lanes = f32x4.splat(value);
  for (; at + 16 <= end; at += 16) v128.store(at, lanes);
  for (; at < end; at += 4) store<f32>(at, value);
}
