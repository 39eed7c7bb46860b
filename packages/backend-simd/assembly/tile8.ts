import { madd } from './simd';

// The innermost loop of everything in gemm.ts. 12 accumulators, two vectors of b and one of a are the 15 registers
// that V8 leaves on x64; it takes six addresses of a for its general form (see gemm.ts), which costs a tenth of the speed
// of a packed a and saves the packing.
//
// The accumulators start at zero and are stored once: V8 up to version 12 halves the speed of the loop when they are
// loaded from memory or added to it. Each result sums in the order of k, whatever the tile's width, so that tile8 and
// tile16 give the same bits. It is written out because AssemblyScript has no arrays in registers.

/**
 * tile[row][column] = sum over k of a[row][k] b[k][column], for 6 rows and 8 columns.
 *
 * @param rows 6 pointers; element (row, k) of a is at rows[row] + offsets[k]
 * @param offsets k byte offsets
 * @param b a panel: k rows of 8 floats
 * @param tile the first row of the result
 * @param tileRow bytes from one of its rows to the next
 */
export function tile8(rows: usize, offsets: usize, k: i32, b: usize, tile: usize, tileRow: usize): void {
  const a0 = load<usize>(rows, 0);
  const a1 = load<usize>(rows, 4);
  const a2 = load<usize>(rows, 8);
  const a3 = load<usize>(rows, 12);
  const a4 = load<usize>(rows, 16);
  const a5 = load<usize>(rows, 20);
  let c00 = f32x4.splat(0); let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0); let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0); let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0); let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0); let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0); let c51 = f32x4.splat(0);
  const end = b + (<usize>k * 32);
  while (b < end) {
    const at = load<usize>(offsets);
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a0 + at);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    const x1 = v128.load32_splat(a1 + at);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    const x2 = v128.load32_splat(a2 + at);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    const x3 = v128.load32_splat(a3 + at);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    const x4 = v128.load32_splat(a4 + at);
    c40 = madd(x4, b0, c40);
    c41 = madd(x4, b1, c41);
    const x5 = v128.load32_splat(a5 + at);
    c50 = madd(x5, b0, c50);
    c51 = madd(x5, b1, c51);
    offsets += 4;
    b += 32;
  }
  v128.store(tile, c00, 0);
  v128.store(tile, c01, 16);
  tile += tileRow;
  v128.store(tile, c10, 0);
  v128.store(tile, c11, 16);
  tile += tileRow;
  v128.store(tile, c20, 0);
  v128.store(tile, c21, 16);
  tile += tileRow;
  v128.store(tile, c30, 0);
  v128.store(tile, c31, 16);
  tile += tileRow;
  v128.store(tile, c40, 0);
  v128.store(tile, c41, 16);
  tile += tileRow;
  v128.store(tile, c50, 0);
  v128.store(tile, c51, 16);
}
