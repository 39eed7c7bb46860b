import { float, int, pointer, share, vectorShare } from './simd';

/** What `binary` computes; the numbers are those of src/kernels/binary.ts. */
const ADD: i32 = 0;
const SUBTRACT: i32 = 1;
const SUBTRACT_FROM: i32 = 2; // b - a
const MULTIPLY: i32 = 3;

/**
 * y = a (op) b for float32 values. b has the length of a, or one value for all of a, or one for each channel of
 * a [rows, channels]. Arguments: op, a, b, y, length of a, length of b.
 */
export function binary(args: usize, thread: i32, threads: i32): void {
  // The operation is a constant in each of the four copies that are inlined here.
  const op = int(args, 0);
  if (op == ADD) binaryOp(args, thread, threads, ADD);
  else if (op == SUBTRACT) binaryOp(args, thread, threads, SUBTRACT);
  else if (op == SUBTRACT_FROM) binaryOp(args, thread, threads, SUBTRACT_FROM);
  else binaryOp(args, thread, threads, MULTIPLY);
}

// @ts-ignore: decorator
@inline
function binaryOp(args: usize, thread: i32, threads: i32, op: i32): void {
  const a = pointer(args, 1);
  const b = pointer(args, 2);
  const y = pointer(args, 3);
  const length = int(args, 4);
  const bLength = int(args, 5);
  if (bLength > 1 && bLength < length) {
    const rowBytes = <usize>bLength << 2;
    const rows = length / bLength;
    const end = <usize>share(rows, thread + 1, threads) * rowBytes;
    for (let row = <usize>share(rows, thread, threads) * rowBytes; row < end; row += rowBytes) {
      let c: usize = 0;
      for (; c + 16 <= rowBytes; c += 16) {
        v128.store(y + row + c, combine(op, v128.load(a + row + c), v128.load(b + c)));
      }
      for (; c < rowBytes; c += 4) {
        store<f32>(y + row + c, combineOne(op, load<f32>(a + row + c), load<f32>(b + c)));
      }
    }
    return;
  }
  const end = <usize>vectorShare(length, thread + 1, threads) << 2;
  let i = <usize>vectorShare(length, thread, threads) << 2;
  if (bLength == length) {
    for (; i + 16 <= end; i += 16) v128.store(y + i, combine(op, v128.load(a + i), v128.load(b + i)));
    for (; i < end; i += 4) store<f32>(y + i, combineOne(op, load<f32>(a + i), load<f32>(b + i)));
  } else {
    const value = load<f32>(b);
    const values = f32x4.splat(value);
    for (; i + 16 <= end; i += 16) v128.store(y + i, combine(op, v128.load(a + i), values));
    for (; i < end; i += 4) store<f32>(y + i, combineOne(op, load<f32>(a + i), value));
  }
}

// @ts-ignore: decorator
@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUBTRACT) return f32x4.sub(a, b);
  if (op == SUBTRACT_FROM) return f32x4.sub(b, a);
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline
function combineOne(op: i32, a: f32, b: f32): f32 {
  if (op == ADD) return a + b;
  if (op == SUBTRACT) return a - b;
  if (op == SUBTRACT_FROM) return b - a;
  return a * b;
}

/** Values of a block that `addN` keeps in the cache while it adds one tensor after the other. */
const BLOCK: usize = 1024;

/** y = x[0] + x[1] + ..., in order. Arguments: y, length, count, then the pointers of x. */
export function addN(args: usize, thread: i32, threads: i32): void {
  const y = pointer(args, 0);
  const length = int(args, 1);
  const count = int(args, 2);
  const end = <usize>vectorShare(length, thread + 1, threads) << 2;
  for (let start = <usize>vectorShare(length, thread, threads) << 2; start < end; start += BLOCK << 2) {
    const bytes = min(end - start, BLOCK << 2);
    memory.copy(y + start, pointer(args, 3) + start, bytes);
    for (let k = 1; k < count; k++) {
      const x = pointer(args, 3 + k) + start;
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) {
        v128.store(y + start + i, f32x4.add(v128.load(y + start + i), v128.load(x + i)));
      }
      for (; i < bytes; i += 4) store<f32>(y + start + i, load<f32>(y + start + i) + load<f32>(x + i));
    }
  }
}

/** y = max(x, 0); a NaN stays. Arguments: x, y, length. */
export function relu(args: usize, thread: i32, threads: i32): void {
  const x = pointer(args, 0);
  const y = pointer(args, 1);
  const length = int(args, 2);
  const end = <usize>vectorShare(length, thread + 1, threads) << 2;
  let i = <usize>vectorShare(length, thread, threads) << 2;
  const zero = f32x4.splat(0);
  // pmax(x, 0) is "x < 0 ? 0 : x".
  for (; i + 16 <= end; i += 16) v128.store(y + i, f32x4.pmax(v128.load(x + i), zero));
  for (; i < end; i += 4) {
    const value = load<f32>(x + i);
    store<f32>(y + i, value < 0 ? 0 : value);
  }
}

/** y = 1 where x > 0, `alpha` where it is not, NaN where it is NaN: ReLU's gradient. Arguments: x, y, length, alpha. */
export function step(args: usize, thread: i32, threads: i32): void {
  const x = pointer(args, 0);
  const y = pointer(args, 1);
  const length = int(args, 2);
  const alpha = float(args, 3);
  const end = <usize>vectorShare(length, thread + 1, threads) << 2;
  for (let i = <usize>vectorShare(length, thread, threads) << 2; i < end; i += 4) {
    const value = load<f32>(x + i);
    store<f32>(y + i, value != value ? value : value > 0 ? 1 : alpha);
  }
}
