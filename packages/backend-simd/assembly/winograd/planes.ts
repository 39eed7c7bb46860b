import { gradientStep4, tapStep4 } from './gradientTransform4';
import { filterStep3, inputStep3, outputStep3 } from './transform3';
import { filterStep4, inputStep4, outputStep4 } from './transform4';

// The transforms of whole squares: each is one of transform3.ts or transform4.ts down every column and then along every
// row. `size` is that of the square of results, 3 or 4; a square of the picture, and of the products, has 2 more.
// Neighbouring squares of a picture share columns, so those are transformed for a whole line of squares at once.

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
/** Bytes of scratch memory that a square needs: 6 x 6 vectors at most. */
export const SQUARE_BYTES: usize = 36 * VECTOR;

/** The columns of a line of squares of a picture: size + 2 rows to as many, for `bytes` of each of `pixels` pixels. */
export function inputColumns(
  size: i32,
  from: usize,
  row: usize,
  pixels: i32,
  pixel: usize,
  bytes: usize,
  to: usize,
  toRow: usize,
  toPixel: usize,
): void {
  if (size == 4) columns(INPUT4, from, row, pixels, pixel, bytes, to, toRow, toPixel);
  else columns(INPUT3, from, row, pixels, pixel, bytes, to, toRow, toPixel);
}

/** The rows of one square of a picture whose columns are transformed: its (size + 2)^2 factors, `step` bytes apart. */
export function inputRows(size: i32, from: usize, row: usize, pixel: usize, to: usize, step: usize): void {
  if (size == 4) rows(INPUT4, 6, from, row, pixel, to, 6 * step, step);
  else rows(INPUT3, 5, from, row, pixel, to, 5 * step, step);
}

/** As `inputColumns` for dy: `size` rows to size + 2. */
export function gradientColumns(
  size: i32,
  from: usize,
  row: usize,
  pixels: i32,
  pixel: usize,
  bytes: usize,
  to: usize,
  toRow: usize,
  toPixel: usize,
): void {
  if (size == 4) columns(GRADIENT4, from, row, pixels, pixel, bytes, to, toRow, toPixel);
  else columns(FILTER3, from, row, pixels, pixel, bytes, to, toRow, toPixel);
}

/** As `inputRows` for dy. */
export function gradientRows(size: i32, from: usize, row: usize, pixel: usize, to: usize, step: usize): void {
  if (size == 4) rows(GRADIENT4, 6, from, row, pixel, to, 6 * step, step);
  else rows(FILTER3, 5, from, row, pixel, to, 5 * step, step);
}

/** (size + 2)^2 products, `step` bytes apart, to size^2 results. */
export function outputSquare(size: i32, from: usize, step: usize, to: usize, row: usize, pixel: usize, scratch: usize): void {
  if (size == 4) square(OUTPUT4, 6, 4, from, 6 * step, step, to, row, pixel, scratch);
  else square(OUTPUT3, 5, 3, from, 5 * step, step, to, row, pixel, scratch);
}

/** 3 x 3 taps to (size + 2)^2 factors. */
export function filterSquare(size: i32, from: usize, row: usize, column: usize, to: usize, step: usize, scratch: usize): void {
  if (size == 4) square(FILTER4, 3, 6, from, row, column, to, 6 * step, step, scratch);
  else square(FILTER3, 3, 5, from, row, column, to, 5 * step, step, scratch);
}

/** (size + 2)^2 products, one after the other, to the gradients of 3 x 3 taps. */
export function tapSquare(size: i32, from: usize, to: usize, scratch: usize): void {
  if (size == 4) square(TAP4, 6, 3, from, 6 * VECTOR, VECTOR, to, 3 * VECTOR, VECTOR, scratch);
  else square(OUTPUT3, 5, 3, from, 5 * VECTOR, VECTOR, to, 3 * VECTOR, VECTOR, scratch);
}

// `kind` is a constant in each copy of these.

// @ts-ignore: decorator
@inline
function columns(
  kind: i32,
  from: usize,
  row: usize,
  pixels: i32,
  pixel: usize,
  bytes: usize,
  to: usize,
  toRow: usize,
  toPixel: usize,
): void {
  for (let i = 0; i < pixels; i++) {
    for (let c: usize = 0; c < bytes; c += VECTOR) step(kind, from + c, row, to + c, toRow);
    from += pixel;
    to += toPixel;
  }
}

// @ts-ignore: decorator
@inline
function rows(kind: i32, count: usize, from: usize, row: usize, pixel: usize, to: usize, toRow: usize, toStep: usize): void {
  for (let i: usize = 0; i < count; i++) {
    step(kind, from, pixel, to, toStep);
    from += row;
    to += toRow;
  }
}

/** `inputs`^2 vectors to `outputs`^2. */
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
  rows(kind, inputs, from, column, row, scratch, VECTOR, inputs * VECTOR);
  rows(kind, outputs, scratch, inputs * VECTOR, VECTOR, to, toRow, toColumn);
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
