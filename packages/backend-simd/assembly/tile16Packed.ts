import { madd } from './simd';

// tile16.ts for six rows that are packed; it reads ahead (ahead.ts) while it computes.

/**
 * tile[row][column] = sum over k of a[k][row] b[k][column], for 6 rows and 16 columns, in the order of k.
 *
 * @param a k times 6 floats
 * @param b a panel: k rows of 16 floats
 * @param tile the first row of the result
 * @param tileRow bytes from one of its rows to the next
 * @param ahead where to read ahead, `aheadStep` bytes further for each k
 */
export function tile16Packed(
  a: usize,
  k: i32,
  b: usize,
  tile: usize,
  tileRow: usize,
  ahead: usize,
  aheadStep: usize,
): void {
  let c00 = f32x4.splat(0); let c01 = f32x4.splat(0); let c02 = f32x4.splat(0); let c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0); let c11 = f32x4.splat(0); let c12 = f32x4.splat(0); let c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0); let c21 = f32x4.splat(0); let c22 = f32x4.splat(0); let c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0); let c31 = f32x4.splat(0); let c32 = f32x4.splat(0); let c33 = f32x4.splat(0);
  let c40 = f32x4.splat(0); let c41 = f32x4.splat(0); let c42 = f32x4.splat(0); let c43 = f32x4.splat(0);
  let c50 = f32x4.splat(0); let c51 = f32x4.splat(0); let c52 = f32x4.splat(0); let c53 = f32x4.splat(0);
  const end = b + (<usize>k * 64);
  while (b < end) {
    load<u8>(ahead);
    ahead += aheadStep;
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const x0 = v128.load32_splat(a);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c02 = madd(x0, b2, c02);
    c03 = madd(x0, b3, c03);
    const x1 = v128.load32_splat(a, 4);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c12 = madd(x1, b2, c12);
    c13 = madd(x1, b3, c13);
    const x2 = v128.load32_splat(a, 8);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c22 = madd(x2, b2, c22);
    c23 = madd(x2, b3, c23);
    const x3 = v128.load32_splat(a, 12);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    c32 = madd(x3, b2, c32);
    c33 = madd(x3, b3, c33);
    const x4 = v128.load32_splat(a, 16);
    c40 = madd(x4, b0, c40);
    c41 = madd(x4, b1, c41);
    c42 = madd(x4, b2, c42);
    c43 = madd(x4, b3, c43);
    const x5 = v128.load32_splat(a, 20);
    c50 = madd(x5, b0, c50);
    c51 = madd(x5, b1, c51);
    c52 = madd(x5, b2, c52);
    c53 = madd(x5, b3, c53);
    a += 24;
    b += 64;
  }
  v128.store(tile, c00, 0);
  v128.store(tile, c01, 16);
  v128.store(tile, c02, 32);
  v128.store(tile, c03, 48);
  tile += tileRow;
  v128.store(tile, c10, 0);
  v128.store(tile, c11, 16);
  v128.store(tile, c12, 32);
  v128.store(tile, c13, 48);
  tile += tileRow;
  v128.store(tile, c20, 0);
  v128.store(tile, c21, 16);
  v128.store(tile, c22, 32);
  v128.store(tile, c23, 48);
  tile += tileRow;
  v128.store(tile, c30, 0);
  v128.store(tile, c31, 16);
  v128.store(tile, c32, 32);
  v128.store(tile, c33, 48);
  tile += tileRow;
  v128.store(tile, c40, 0);
  v128.store(tile, c41, 16);
  v128.store(tile, c42, 32);
  v128.store(tile, c43, 48);
  tile += tileRow;
  v128.store(tile, c50, 0);
  v128.store(tile, c51, 16);
  v128.store(tile, c52, 32);
  v128.store(tile, c53, 48);
}
