// Many kernels go down the rows of x [rows, channels] and do the same for every channel. They read four rows at once,
// each from its own quarter of the rows: four streams in four memory pages, which the processor fetches ahead
// independently. Measured on data larger than the caches: 1.4 to 2 times as fast as four neighbouring rows.

/** sum[c] += x[0][c] + ... + x[count - 1][c] for every channel c of a row. */
export function addRows(x: usize, sum: usize, count: i32, rowBytes: usize): void {
  const quarter = <usize>(count >> 2) * rowBytes;
  const vectors = rowBytes & ~15;
  for (let row: usize = 0; row < quarter; row += rowBytes) {
    const x0 = x + row;
    const x1 = x0 + quarter;
    const x2 = x1 + quarter;
    const x3 = x2 + quarter;
    for (let c: usize = 0; c < vectors; c += 16) {
      const left = f32x4.add(v128.load(x0 + c), v128.load(x1 + c));
      const right = f32x4.add(v128.load(x2 + c), v128.load(x3 + c));
      v128.store(sum + c, f32x4.add(v128.load(sum + c), f32x4.add(left, right)));
    }
  }
  addRowsOneByOne(x, x + 4 * quarter, sum, vectors, rowBytes);
  addRowsOneByOne(x + 4 * quarter, x + <usize>count * rowBytes, sum, 0, rowBytes);
}

/** Adds the channels from byte `from` on of the rows from `x` to `end`. */
function addRowsOneByOne(x: usize, end: usize, sum: usize, from: usize, rowBytes: usize): void {
  if (from == rowBytes) return;
  for (; x < end; x += rowBytes) {
    for (let c = from; c < rowBytes; c += 4) store<f32>(sum + c, load<f32>(sum + c) + load<f32>(x + c));
  }
}
