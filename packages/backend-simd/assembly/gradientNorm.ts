import { int, pointer } from './simd';

/**
 * The sum of squares of each block of each tensor, in float64: its error doesn't grow with the number of weights.
 * Arguments: table [tensors, 2] (pointer, length), tensors, partials (float64, one a block), values a block.
 * The blocks are dealt out in turn.
 */
export function squareSums(args: usize, thread: i32, threads: i32): void {
  const table = pointer(args, 0);
  const tensors = int(args, 1);
  let partial = pointer(args, 2);
  const blockLength = int(args, 3);
  let turn = 0;
  for (let tensor = 0; tensor < tensors; tensor++) {
    const x = load<usize>(table + (<usize>tensor << 3));
    const length = load<i32>(table + (<usize>tensor << 3), 4);
    for (let first = 0; first < length; first += blockLength) {
      if (turn == thread) store<f64>(partial, squareSum(x + (<usize>first << 2), min(blockLength, length - first)));
      turn = turn + 1 == threads ? 0 : turn + 1;
      partial += 8;
    }
  }
}

function squareSum(x: usize, length: i32): f64 {
  const end = x + (<usize>length << 2);
  const vectorsEnd = x + (<usize>(length >> 2) << 4);
  let left = f64x2.splat(0);
  let right = f64x2.splat(0);
  for (; x < vectorsEnd; x += 16) {
    const low = f64x2.promote_low_f32x4(v128.load64_zero(x));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    left = f64x2.add(left, f64x2.mul(low, low));
    right = f64x2.add(right, f64x2.mul(high, high));
  }
  const both = f64x2.add(left, right);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; x < end; x += 4) sum += <f64>load<f32>(x) * <f64>load<f32>(x);
  return sum;
}

/** norm = sqrt(sum of partials), in order, on one thread. Arguments: partials (float64), count, norm. */
export function squareRootOfSum(args: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const partials = pointer(args, 0);
  const count = int(args, 1);
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) sum += load<f64>(partials + (<usize>i << 3));
  store<f32>(pointer(args, 2), <f32>Math.sqrt(sum));
}
