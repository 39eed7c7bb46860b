// Plain JPEGs to pixels, to the bytes that libjpeg-turbo gives: baseline, grey or YCbCr in one scan. Nothing is repaired: what is unusual or
// damaged in any way is left to another decoder, which says why. Source: ITU-T T.81; libjpeg-turbo, `jdcoefct.c`.

import { BEYOND, isAtEnd, readBlock, unstuffed } from './bits';
import { colored, grey, plainRow, rowBytes, widerRow, widerRowOfTwo } from './color';
import {
  across, channels, down, first0, first1, first2, height, interval, others0, others1, others2, readHeader, steps0, steps1, steps2, width,
} from './header';
import { invert } from './inverse';

export { height, width } from './header';
export { measure, sumAt } from './measure';

const RESTART: i32 = 0xd0;
const END_OF_IMAGE: i32 = 0xd9;

const block = memory.data(128, 16);
/** Of each component, the first coefficient of the block before. */
let before0: i32, before1: i32, before2: i32;

/**
 * Makes room for a file.
 *
 * @returns where its bytes go; 0 when there's none
 */
export function room(length: i32): usize {
  return reserve(__heap_base + <usize>length + 16) ? __heap_base : 0;
}

/** Whether the memory has so many bytes, once it has grown to them. */
function reserve(end: usize): bool {
  const missing = <i32>((end + 0xffff) >> 16) - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

/**
 * Decodes a file that lies where `room` said.
 *
 * @param most bytes that the whole may take
 * @returns where its [height, width, 3] levels are; 0 where another decoder has to
 */
export function decode(length: i32, most: i32): usize {
  const end = __heap_base + <usize>length;
  const data = readHeader(__heap_base, end);
  return data == 0 ? 0 : scan(data, end, <usize>most);
}

/** Decodes all blocks to planes, and these to pixels. */
function scan(from: usize, end: usize, most: usize): usize {
  const unitsAcross = (width + 8 * across - 1) / (8 * across);
  const unitsDown = (height + 8 * down - 1) / (8 * down);
  const yStride = <usize>(8 * across * unitsAcross);
  const cStride = channels == 3 ? <usize>(8 * unitsAcross) : 0;
  const top = ((end + 15) & ~15) + BEYOND + 16 + <usize>(end - from);
  const y = (top + 32) & ~15;
  const u = y + yStride * <usize>(8 * down * unitsDown) + 16; // rows are read in whole vectors
  const v = u + cStride * <usize>(8 * unitsDown) + 16;
  const rows = v + cStride * <usize>(8 * unitsDown) + 16;
  const rowLength = rowBytes(width);
  const to = rows + 3 * rowLength;
  const stop = to + <usize>width * <usize>height * 3 + 64;
  // All of this once more, in numbers that don't wrap.
  const pixels = <u64>width * <u64>height * 3;
  const planes = (<u64>yStride * <u64>down + 2 * <u64>cStride) * <u64>(8 * unitsDown);
  const bytes = pixels + planes + 2 * <u64>(end - __heap_base) + 3 * <u64>rowLength + 1024;
  if (bytes > <u64>most || !reserve(stop)) return 0;

  before0 = 0;
  before1 = 0;
  before2 = 0;
  let at = unstuffed(from, end, top);
  if (at == 0) return 0;
  let left = interval;
  let restarts = 0;
  for (let row = 0; row < unitsDown; row++) {
    for (let column = 0; column < unitsAcross; column++) {
      if (interval != 0 && left == 0) {
        if (!isAtEnd() || <i32>load<u8>(at + 1) != RESTART + (restarts & 7)) return 0;
        at = unstuffed(at + 2, end, top);
        if (at == 0) return 0;
        restarts++;
        left = interval;
        before0 = 0;
        before1 = 0;
        before2 = 0;
      }
      left--;
      for (let j = 0; j < down; j++) {
        for (let i = 0; i < across; i++) {
          const place = y + yStride * <usize>(8 * (row * down + j)) + <usize>(8 * (column * across + i));
          const last = readBlock(block, first0, others0);
          if (last < 0) return 0;
          before0 += <i32>load<i16>(block);
          store<i16>(block, <i16>before0);
          invert(block, steps0, last, place, yStride);
        }
      }
      if (channels == 1) continue;
      const place = cStride * <usize>(8 * row) + <usize>(8 * column);
      let last = readBlock(block, first1, others1);
      if (last < 0) return 0;
      before1 += <i32>load<i16>(block);
      store<i16>(block, <i16>before1);
      invert(block, steps1, last, u + place, cStride);
      last = readBlock(block, first2, others2);
      if (last < 0) return 0;
      before2 += <i32>load<i16>(block);
      store<i16>(block, <i16>before2);
      invert(block, steps2, last, v + place, cStride);
    }
  }
  if (!isAtEnd() || <i32>load<u8>(at + 1) != END_OF_IMAGE) return 0;

  if (channels == 1) {
    for (let row: usize = 0; row < <usize>height; row++) {
      grey(y + row * yStride, width, to + 3 * row * <usize>width);
    }
    return to;
  }
  const columns = (width + across - 1) / across;
  const lowest = (height + down - 1) / down - 1;
  for (let row = 0; row < height; row++) {
    const uRow = rows + rowLength;
    const vRow = uRow + rowLength;
    const nearest = down == 2 ? row >> 1 : row;
    const place = cStride * <usize>nearest;
    if (across == 1) {
      plainRow(u + place, width, uRow);
      plainRow(v + place, width, vRow);
    } else if (down == 1) {
      widerRow(u + place, columns, rows, uRow);
      widerRow(v + place, columns, rows, vRow);
    } else {
      const other = cStride * <usize>(row & 1 ? min(nearest + 1, lowest) : max(nearest - 1, 0));
      widerRowOfTwo(u + place, u + other, columns, rows, uRow);
      widerRowOfTwo(v + place, v + other, columns, rows, vRow);
    }
    colored(y + yStride * <usize>row, uRow, vRow, width, to + 3 * <usize>width * <usize>row);
  }
  return to;
}
