import { copyFloats, zeroFloats } from './copy';
import { storePair } from './simd';
import { TILE_ROWS } from './tile';
import { touch } from './touch';

// A block of x and one of dy in the order in which the tiles of a filter gradient read them.

/**
 * Packs the channels of x, six by six, each six as [positions, 6]: in x itself a channel's floats lie a pixel apart, often at
 * the same places of a cache.
 */
export function packSixes(to: usize, x: usize, offsets: usize, channels: i32, positions: i32): void {
  const bytes = <usize>channels << 2;
  const sixBytes = <usize>(TILE_ROWS * positions) << 2;
  for (let position: usize = 0; position < <usize>positions; position++) touch(x + load<usize>(offsets + (position << 2)), bytes);
  for (let position: usize = 0; position < <usize>positions; position++) {
    let from = x + load<usize>(offsets + (position << 2));
    const end = from + bytes;
    let at = to + position * 24;
    for (; from + 24 <= end; from += 24, at += sixBytes) {
      v128.store(at, v128.load(from));
      store<u64>(at, load<u64>(from, 16), 16);
    }
    for (; from < end; from += 4, at += 4) store<f32>(at, load<f32>(from));
  }
}

/** Some columns of `count` rows, as panels, each [count, width]; returns where they are: rows that are a panel already stay. */
export function packColumns(to: usize, from: usize, count: i32, columns: i32, step: i32, width: i32): usize {
  if (step == width && columns == width) return from;
  const rowBytes = <usize>width << 2;
  const panelBytes = <usize>count * rowBytes;
  const stepBytes = <usize>step << 2;
  for (let k: usize = 0; k < <usize>count; k++) touch(from + k * stepBytes, <usize>columns << 2);
  for (let k: usize = 0; k < <usize>count; k++) {
    let at = to + k * rowBytes;
    let column = from;
    let left = columns;
    for (; left >= width; left -= width, at += panelBytes, column += rowBytes) {
      for (let v: usize = 0; v < rowBytes; v += 32) storePair(at + v, v128.load(column + v), v128.load(column + v, 16));
    }
    if (left > 0) {
      copyFloats(at, column, left);
      zeroFloats(at + (<usize>left << 2), width - left);
    }
    from += stepBytes;
  }
  return to;
}
