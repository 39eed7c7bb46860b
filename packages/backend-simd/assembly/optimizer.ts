import {
  ADAM, ADAMW, fuse, LAMB, LARS, LION, measured, next, put, RMSPROP, SGD, take, trustOf,
} from './optimizerRules';
import { float, int, pointer, vectorShare } from './simd';

/** Bytes of a row of optimizerUpdate's table. */
const ROW_BYTES: usize = 13 << 2;
const LENGTH: usize = 36;
const RATE: usize = 40;
const DECAY: usize = 44;
/** 0: to be measured. */
const TRUST: usize = 48;
/** The first argument that is a constant of the rule. */
const CONSTANTS: i32 = 10;

/**
 * One step of all parameters, one pass over each: clipping, decay and averages of all rules, and what optimizerRules.ts has.
 *
 * Arguments: table, parameters, rule, gradient norm, first non-finite step, its new place, step, clip norm (0: off), average
 * decay, nesterov, the rule's constants. A row of the table: parameter, gradient, slot, slot, average, the new parameter, slot, slot,
 * average (pointers, 0 where there is none), length, learning rate, weight decay, trust.
 */
export function optimizerUpdate(args: usize, thread: i32, threads: i32): void {
  const table = pointer(args, 0);
  const count = int(args, 1);
  const rule = int(args, 2);
  const finite = isFinite(load<f32>(pointer(args, 3)));
  if (thread == 0) {
    const before = load<i32>(pointer(args, 4));
    store<i32>(pointer(args, 5), !finite && before < 0 ? int(args, 6) : before);
  }
  for (let i = 0; i < count; i++) {
    const row = table + <usize>i * ROW_BYTES;
    const length = load<i32>(row, LENGTH);
    const start = <usize>vectorShare(length, thread, threads) << 2;
    const end = <usize>vectorShare(length, thread + 1, threads) << 2;
    if (!finite) keepParameter(row, start, end - start);
    else if (rule == SGD) sweep(SGD, args, row, start, end);
    else if (rule == ADAM) sweep(ADAM, args, row, start, end);
    else if (rule == ADAMW) sweep(ADAMW, args, row, start, end);
    else if (rule == RMSPROP) sweep(RMSPROP, args, row, start, end);
    else if (rule == LION) sweep(LION, args, row, start, end);
    else if (rule == LAMB) sweep(LAMB, args, row, start, end);
    else sweep(LARS, args, row, start, end);
  }
}

function clipFactor(args: usize): f32 {
  const clipNorm = float(args, 7);
  return clipNorm > 0 ? min<f32>(1, clipNorm / load<f32>(pointer(args, 3))) : 1;
}

/** A gradient that is not finite would poison everything: the values stay as they are. */
function keepParameter(row: usize, start: usize, bytes: usize): void {
  for (let k: usize = 0; k < 20; k += 4) {
    // parameter, slots, average; the gradient has no new place
    if (k == 4) continue;
    const from = load<usize>(row + k);
    const to = load<usize>(row + (k == 0 ? 20 : 16 + k));
    if (from != 0) memory.copy(to + start, from + start, bytes);
  }
}

// @ts-ignore: decorator
@inline
function constant(args: usize, index: i32): v128 {
  return f32x4.splat(float(args, CONSTANTS + index));
}

// @ts-ignore: decorator
@inline
function sweep(rule: i32, args: usize, row: usize, start: usize, end: usize): void {
  const parameter = load<usize>(row, 0);
  const gradient = load<usize>(row, 4);
  const first = load<usize>(row, 8);
  const second = load<usize>(row, 12);
  const average = load<usize>(row, 16);
  const newParameter = load<usize>(row, 20);
  const newFirst = load<usize>(row, 24);
  const newSecond = load<usize>(row, 28);
  const newAverage = load<usize>(row, 32);
  const factor = f32x4.splat(clipFactor(args));
  const rate = f32x4.splat(load<f32>(row, RATE));
  const decay = f32x4.splat(load<f32>(row, DECAY));
  const trust = f32x4.splat(load<f32>(row, TRUST));
  const averageDecay = f32x4.splat(float(args, 8));
  const nesterov = int(args, 9) != 0;
  const c0 = constant(args, 0);
  const c1 = constant(args, 1);
  const c2 = constant(args, 2);
  const c3 = constant(args, 3);
  const c4 = constant(args, 4);
  const c5 = constant(args, 5);
  const c6 = constant(args, 6);
  let i = start;
  for (const vectorsEnd = start + ((end - start) & ~15); i < vectorsEnd; i += 16) {
    const moved = next(
      rule, v128.load(parameter + i), f32x4.mul(v128.load(gradient + i), factor),
      at(first, i), at(second, i), newFirst + i, newSecond + i, rate, decay, trust, nesterov,
      c0, c1, c2, c3, c4, c5, c6, true,
    );
    v128.store(newParameter + i, moved);
    if (average != 0) averageOf(average + i, newAverage + i, moved, averageDecay, true);
  }
  for (; i < end; i += 4) {
    const moved = next(
      rule, take(parameter + i, false), f32x4.mul(take(gradient + i, false), factor),
      at(first, i), at(second, i), newFirst + i, newSecond + i, rate, decay, trust, nesterov,
      c0, c1, c2, c3, c4, c5, c6, false,
    );
    put(newParameter + i, moved, false);
    if (average != 0) averageOf(average + i, newAverage + i, moved, averageDecay, false);
  }
}

/** 0 stays 0: there is none. */
// @ts-ignore: decorator
@inline
function at(slot: usize, i: usize): usize {
  return slot == 0 ? 0 : slot + i;
}

// @ts-ignore: decorator
@inline
function averageOf(average: usize, newAverage: usize, moved: v128, decay: v128, whole: bool): void {
  const kept = f32x4.mul(take(average, whole), decay);
  put(newAverage, fuse(moved, f32x4.sub(f32x4.splat(1), decay), kept, whole), whole);
}

/**
 * Of a layer-wise rule: the sums of squares of each block of the parameters whose trust is 0, and of what is measured beside them,
 * in float64. The blocks are dealt out in turn. Arguments: those of optimizerUpdate, partials (float64, two a block), values a block.
 */
export function layerSquares(args: usize, thread: i32, threads: i32): void {
  const table = pointer(args, 0);
  const count = int(args, 1);
  const isLars = int(args, 2) == LARS;
  let partial = pointer(args, CONSTANTS + 7);
  const blockLength = int(args, CONSTANTS + 8);
  let turn = 0;
  for (let tensor = 0; tensor < count; tensor++) {
    const row = table + <usize>tensor * ROW_BYTES;
    if (load<f32>(row, TRUST) != 0) continue;
    const length = load<i32>(row, LENGTH);
    for (let first = 0; first < length; first += blockLength) {
      if (turn == thread) {
        const start = <usize>first << 2;
        const end = start + (<usize>min(blockLength, length - first) << 2);
        if (isLars) blockSquares(LARS, args, row, start, end, partial);
        else blockSquares(LAMB, args, row, start, end, partial);
      }
      turn = turn + 1 == threads ? 0 : turn + 1;
      partial += 16;
    }
  }
}

// @ts-ignore: decorator
@inline
function blockSquares(rule: i32, args: usize, row: usize, start: usize, end: usize, partial: usize): void {
  const parameter = load<usize>(row, 0);
  const gradient = load<usize>(row, 4);
  const first = load<usize>(row, 8);
  const second = load<usize>(row, 12);
  const factor = f32x4.splat(clipFactor(args));
  const decay = f32x4.splat(load<f32>(row, DECAY));
  const c0 = constant(args, 0);
  const c1 = constant(args, 1);
  const c2 = constant(args, 2);
  const c3 = constant(args, 3);
  const c4 = constant(args, 4);
  const c5 = constant(args, 5);
  const c6 = constant(args, 6);
  let own = f64x2.splat(0);
  let other = f64x2.splat(0);
  let i = start;
  for (const vectorsEnd = start + ((end - start) & ~15); i < vectorsEnd; i += 16) {
    const p = v128.load(parameter + i);
    const g = f32x4.mul(v128.load(gradient + i), factor);
    own = plusSquares(own, p);
    other = plusSquares(
      other,
      measured(rule, p, g, at(first, i), at(second, i), decay, c0, c1, c2, c3, c4, c5, c6, true),
    );
  }
  for (; i < end; i += 4) {
    // The lanes beside the number are 0, and so is what is measured of them.
    const p = take(parameter + i, false);
    const g = f32x4.mul(take(gradient + i, false), factor);
    own = plusSquares(own, p);
    other = plusSquares(
      other,
      measured(rule, p, g, at(first, i), at(second, i), decay, c0, c1, c2, c3, c4, c5, c6, false),
    );
  }
  store<f64>(partial, f64x2.extract_lane(own, 0) + f64x2.extract_lane(own, 1));
  store<f64>(partial, f64x2.extract_lane(other, 0) + f64x2.extract_lane(other, 1), 8);
}

// @ts-ignore: decorator
@inline
function plusSquares(sum: v128, x: v128): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
  return f64x2.add(f64x2.add(sum, f64x2.mul(low, low)), f64x2.mul(high, high));
}

/** The trust of each row by what layerSquares has summed, in order, on one thread. Its arguments. */
export function layerTrusts(args: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const table = pointer(args, 0);
  const count = int(args, 1);
  const rule = int(args, 2);
  let partial = pointer(args, CONSTANTS + 7);
  const blockLength = int(args, CONSTANTS + 8);
  for (let tensor = 0; tensor < count; tensor++) {
    const row = table + <usize>tensor * ROW_BYTES;
    if (load<f32>(row, TRUST) != 0) continue;
    const length = load<i32>(row, LENGTH);
    let own: f64 = 0;
    let other: f64 = 0;
    for (let first = 0; first < length; first += blockLength) {
      own += load<f64>(partial);
      other += load<f64>(partial, 8);
      partial += 16;
    }
    const parameterLength = <f32>Math.sqrt(own);
    const measuredLength = <f32>Math.sqrt(other);
    const isThere = parameterLength > 0 && measuredLength > 0;
    const trust = trustOf(
      rule, parameterLength, measuredLength, load<f32>(row, DECAY),
      float(args, CONSTANTS + 1), float(args, CONSTANTS + 2),
    );
    store<f32>(row, isThere ? trust : 1, TRUST);
  }
}
