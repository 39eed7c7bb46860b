import { tile8 } from './tile8';
import { tile16 } from './tile16';

export const TILE_ROWS: i32 = 6;

/** Computes a tile of the given width, 8 or 16. */
// @ts-ignore: decorator
@inline
export function tile(width: i32, rows: usize, offsets: usize, k: i32, b: usize, to: usize, toRow: usize): void {
  if (width == 16) tile16(rows, offsets, k, b, to, toRow);
  else tile8(rows, offsets, k, b, to, toRow);
}

/**
 * Moves a tile to c: adds it to what is there, or to the bias.
 *
 * @param c where `cRows`, a table of byte offsets, counts from
 * @param rows, columns how much of the tile is wanted
 */
export function finish(
  from: usize,
  width: i32,
  c: usize,
  cRows: usize,
  rows: i32,
  columns: i32,
  bias: usize,
  add: bool,
): void {
  const rowBytes = <usize>width << 2;
  for (let r = 0; r < rows; r++) {
    const to = c + load<usize>(cRows + (<usize>r << 2));
    const base = add ? to : bias;
    if (columns == width) {
      for (let v: usize = 0; v < rowBytes; v += 16) {
        v128.store(to + v, f32x4.add(v128.load(base + v), v128.load(from + v)));
      }
    } else {
      for (let column: usize = 0; column < <usize>columns << 2; column += 4) {
        store<f32>(to + column, load<f32>(base + column) + load<f32>(from + column));
      }
    }
    from += rowBytes;
  }
}
