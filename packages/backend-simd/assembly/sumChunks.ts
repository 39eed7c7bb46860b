import { share } from './simd';

/** The sum of `count` vectors that lie one after the other, in that order. args: vectors, sum, count, length. */
export function sumChunks(args: usize, thread: i32, threads: i32): void {
  const vectors = load<usize>(args);
  const sum = load<usize>(args, 4);
  const count = load<i32>(args, 8);
  const length = load<i32>(args, 12);
  const end = <usize>share(length, thread + 1, threads) << 2;
  const step = <usize>length << 2;
  for (let at = <usize>share(length, thread, threads) << 2; at < end; ) {
    let from = vectors + at;
    if (at + 16 <= end) {
      let total = v128.load(from);
      for (let i = 1; i < count; i++) total = f32x4.add(total, v128.load((from += step)));
      v128.store(sum + at, total);
      at += 16;
    } else {
      let total = load<f32>(from);
      for (let i = 1; i < count; i++) total += load<f32>((from += step));
      store<f32>(sum + at, total);
      at += 4;
    }
  }
}
