import { tile, TILE_ROWS } from './tile';

/** What `repeatTile` is given. */
@unmanaged
class RepeatTile {
  /** Columns of the tile: 8 or 16. */
  width: i32;
  /** How often it is computed. */
  count: i32;
  depth: i32;
  /** The matrix a [6, depth], row after row. */
  a: usize;
  /** A panel [depth, width]. */
  b: usize;
  /** [6, width] */
  result: usize;
  /** For 6 pointers, and then `depth` offsets. */
  tables: usize;
}

/** Computes the same tile again and again, for src/tileWidth.ts to see how long that takes. */
export function repeatTile(args: usize, thread: i32, threads: i32): void {
  const it = changetype<RepeatTile>(args);
  const rowBytes = <usize>it.depth << 2;
  const offsets = it.tables + 64;
  for (let r: usize = 0; r < <usize>TILE_ROWS; r++) store<usize>(it.tables + (r << 2), it.a + r * rowBytes);
  for (let k: usize = 0; k < rowBytes; k += 4) store<usize>(offsets + k, k);
  for (let i = 0; i < it.count; i++) {
    tile(it.width, it.tables, offsets, it.depth, it.b, it.result, <usize>it.width << 2);
  }
}
