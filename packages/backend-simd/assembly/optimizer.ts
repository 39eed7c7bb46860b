import { float, int, madd, pointer, vectorShare } from './simd';

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

/** Words of a row of sgdUpdate's table. */
const ROW_BYTES: usize = 9 << 2;

/**
 * Stochastic gradient descent of all parameters, one pass over each. PyTorch's `SGD` with `clip_grad_norm_`.
 *
 * Arguments: table, parameters, gradient norm, first non-finite step, its new place, step, learning rate, momentum,
 * nesterov, clip norm (0: off), average decay. A row of the table: parameter, gradient, velocity, average, the new
 * parameter, velocity, average (pointers, 0 where there is none), length, weight decay.
 */
export function sgdUpdate(args: usize, thread: i32, threads: i32): void {
  const table = pointer(args, 0);
  const count = int(args, 1);
  const norm = load<f32>(pointer(args, 2));
  const finite = isFinite(norm);
  if (thread == 0) {
    const before = load<i32>(pointer(args, 3));
    store<i32>(pointer(args, 4), !finite && before < 0 ? int(args, 5) : before);
  }
  const clipNorm = float(args, 9);
  const factor: f32 = clipNorm > 0 ? min<f32>(1, clipNorm / norm) : 1;

  for (let i = 0; i < count; i++) {
    const row = table + <usize>i * ROW_BYTES;
    const length = load<i32>(row, 28);
    const start = <usize>vectorShare(length, thread, threads) << 2;
    const end = <usize>vectorShare(length, thread + 1, threads) << 2;
    if (finite) updateParameter(args, row, factor, start, end);
    else keepParameter(row, start, end - start);
  }
}

/** A gradient that is not finite would poison everything: the values stay as they are. */
function keepParameter(row: usize, start: usize, bytes: usize): void {
  for (let k: usize = 0; k < 12; k += 4) {
    // parameter, velocity, average
    const from = k == 0 ? load<usize>(row) : load<usize>(row + 4 + k);
    if (from != 0) memory.copy(load<usize>(row + 16 + k) + start, from + start, bytes);
  }
}

function updateParameter(args: usize, row: usize, factor: f32, start: usize, end: usize): void {
  const learningRate = float(args, 6);
  const momentum = float(args, 7);
  const nesterov = int(args, 8) != 0;
  const decay = float(args, 10);
  const parameter = load<usize>(row, 0);
  const gradient = load<usize>(row, 4);
  const velocity = load<usize>(row, 8);
  const average = load<usize>(row, 12);
  const newParameter = load<usize>(row, 16);
  const newVelocity = load<usize>(row, 20);
  const newAverage = load<usize>(row, 24);
  const weightDecay = load<f32>(row, 32);

  let i = start;
  for (const vectorsEnd = start + ((end - start) & ~15); i < vectorsEnd; i += 16) {
    const p = v128.load(parameter + i);
    const g = madd(p, f32x4.splat(weightDecay), f32x4.mul(v128.load(gradient + i), f32x4.splat(factor)));
    let direction = g;
    if (velocity != 0) {
      const v = madd(v128.load(velocity + i), f32x4.splat(momentum), g);
      v128.store(newVelocity + i, v);
      direction = nesterov ? madd(v, f32x4.splat(momentum), g) : v;
    }
    const moved = madd(direction, f32x4.splat(-learningRate), p);
    v128.store(newParameter + i, moved);
    if (average != 0) {
      const kept = f32x4.mul(v128.load(average + i), f32x4.splat(decay));
      v128.store(newAverage + i, madd(moved, f32x4.splat(1 - decay), kept));
    }
  }
  for (; i < end; i += 4) {
    const p = load<f32>(parameter + i);
    const g = load<f32>(gradient + i) * factor + p * weightDecay;
    let direction = g;
    if (velocity != 0) {
      const v = load<f32>(velocity + i) * momentum + g;
      store<f32>(newVelocity + i, v);
      direction = nesterov ? v * momentum + g : v;
    }
    const moved = p - direction * learningRate;
    store<f32>(newParameter + i, moved);
    if (average != 0) store<f32>(newAverage + i, load<f32>(average + i) * decay + moved * (1 - decay));
  }
}
