import { copyFloats } from '../copy';
import { share } from '../simd';
import { SQUARE_BYTES, tapSquare, VECTOR } from './planes';

/** What `winogradTaps` is given. */
@unmanaged
class Taps {
  sums: usize;
  /** [3, 3, channels, outputs] */
  dFilter: usize;
  chunks: i32;
  channels: i32;
  outputs: i32;
  sumOutputs: i32;
  size: i32;
  /** 3 times SQUARE_BYTES for each thread. */
  scratch: usize;
}

/** Adds up the chunks and transforms the sums to the gradients of the taps. */
export function winogradTaps(args: usize, thread: i32, threads: i32): void {
  const it = changetype<Taps>(args);
  const frequencies = (it.size + 2) * (it.size + 2);
  const sum = it.scratch + 3 * <usize>thread * SQUARE_BYTES;
  const taps = sum + SQUARE_BYTES;
  const row = <usize>it.sumOutputs << 2;
  const chunkBytes = <usize>(it.channels * frequencies) * row;
  const tapBytes = <usize>(it.channels * it.outputs) << 2;
  const end = share(it.channels, thread + 1, threads);
  for (let channel = share(it.channels, thread, threads); channel < end; channel++) {
    for (let output = 0; output < it.outputs; output += 8) {
      let from = it.sums + <usize>(channel * frequencies) * row + (<usize>output << 2);
      for (let f = 0; f < frequencies; f++) {
        let low = v128.load(from);
        let high = v128.load(from, 16);
        let other = from;
        for (let chunk = 1; chunk < it.chunks; chunk++) {
          other += chunkBytes;
          low = f32x4.add(low, v128.load(other));
          high = f32x4.add(high, v128.load(other, 16));
        }
        v128.store(sum + <usize>f * VECTOR, low);
        v128.store(sum + <usize>f * VECTOR, high, 16);
        from += row;
      }
      tapSquare(it.size, sum, taps, taps + SQUARE_BYTES);
      let to = it.dFilter + (<usize>(channel * it.outputs + output) << 2);
      for (let tap: usize = 0; tap < 9; tap++) {
        copyFloats(to, taps + tap * VECTOR, min(8, it.outputs - output));
        to += tapBytes;
      }
    }
  }
}
