import { gradientStep4, tapStep4 } from './gradientTransform4';
import { filterStep3, inputStep3, outputStep3 } from './transform3';
import { filterStep4, inputStep4, outputStep4 } from './transform4';

// The transforms of whole squares: each is one of transform3.ts or transform4.ts down every column and then along every
// row. `size` is that of the square of results, 3 or 4; a square of the picture, and of the products, has 2 more.

const INPUT4: i32 = 0;
const OUTPUT4: i32 = 1;
const FILTER4: i32 = 2;
const GRADIENT4: i32 = 3;
const TAP4: i32 = 4;
const INPUT3: i32 = 5;
const OUTPUT3: i32 = 6;
const FILTER3: i32 = 7;

/** Bytes of 8 channels. */
export const VECTOR: usize = 32;
/** Bytes of scratch memory that a transform needs: 6 x 6 vectors at most. */
export const SQUARE_BYTES: usize = 36 * VECTOR;

/** (size + 2)^2 values of a picture to as many factors. */
export function inputSquare(size: i32, from: usize, row: usize, column: usize, to: usize, step: usize, scratch: usize): void {
  if (size == 4) square(INPUT4, 6, 6, from, row, column, to, 6 * step, step, scratch);
  else square(INPUT3, 5, 5, from, row, column, to, 5 * step, step, scratch);
}

/** (size + 2)^2 products to size^2 results. */
export function outputSquare(size: i32, from: usize, step: usize, to: usize, row: usize, column: usize, scratch: usize): void {
  if (size == 4) square(OUTPUT4, 6, 4, from, 6 * step, step, to, row, column, scratch);
  else square(OUTPUT3, 5, 3, from, 5 * step, step, to, row, column, scratch);
}

/** 3 x 3 taps to (size + 2)^2 factors. */
export function filterSquare(size: i32, from: usize, row: usize, column: usize, to: usize, step: usize, scratch: usize): void {
  if (size == 4) square(FILTER4, 3, 6, from, row, column, to, 6 * step, step, scratch);
  else square(FILTER3, 3, 5, from, row, column, to, 5 * step, step, scratch);
}

/** size^2 values of dy to (size + 2)^2 factors. */
export function gradientSquare(size: i32, from: usize, row: usize, column: usize, to: usize, step: usize, scratch: usize): void {
  if (size == 4) square(GRADIENT4, 4, 6, from, row, column, to, 6 * step, step, scratch);
  else square(FILTER3, 3, 5, from, row, column, to, 5 * step, step, scratch);
}

/** (size + 2)^2 products to the gradients of 3 x 3 taps. */
export function tapSquare(size: i32, from: usize, step: usize, to: usize, row: usize, column: usize, scratch: usize): void {
  if (size == 4) square(TAP4, 6, 3, from, 6 * step, step, to, row, column, scratch);
  else square(OUTPUT3, 5, 3, from, 5 * step, step, to, row, column, scratch);
}

/** `inputs`^2 vectors to `outputs`^2. Rows and columns are steps in bytes. `kind` is a constant in each copy. */
// @ts-ignore: decorator
@inline
function square(
  kind: i32,
  inputs: usize,
  outputs: usize,
  from: usize,
  row: usize,
  column: usize,
  to: usize,
  toRow: usize,
  toColumn: usize,
  scratch: usize,
): void {
  let half = scratch;
  for (let i: usize = 0; i < inputs; i++) {
    step(kind, from, row, half, inputs * VECTOR);
    from += column;
    half += VECTOR;
  }
  for (let i: usize = 0; i < outputs; i++) {
    step(kind, scratch, VECTOR, to, toColumn);
    scratch += inputs * VECTOR;
    to += toRow;
  }
}

// @ts-ignore: decorator
@inline
function step(kind: i32, from: usize, step: usize, to: usize, toStep: usize): void {
  if (kind == INPUT4) inputStep4(from, step, to, toStep);
  else if (kind == OUTPUT4) outputStep4(from, step, to, toStep);
  else if (kind == FILTER4) filterStep4(from, step, to, toStep);
  else if (kind == GRADIENT4) gradientStep4(from, step, to, toStep);
  else if (kind == TAP4) tapStep4(from, step, to, toStep);
  else if (kind == INPUT3) inputStep3(from, step, to, toStep);
  else if (kind == OUTPUT3) outputStep3(from, step, to, toStep);
  else filterStep3(from, step, to, toStep);
}
