import type { GemmView } from './gemmView.js';

/** Rows of a tile: assembly/tile.ts. */
const TILE_ROWS = 6;
/** A slice of a panel of 16 columns then takes 20 KB of the first-level cache. */
const MAX_DEPTH = 320;
/** What a block reads of `a` stays in the second-level cache. */
const BLOCK_BYTES = 256 * 1024;
/** Bounds the tables of offsets. */
const BLOCK_POSITIONS = 2048;
/** Items of work for each thread: enough for the last ones to end at about the same time. */
const ITEMS_PER_THREAD = 4;

/**
 * How much of k is summed before it is added to c: an even split, as the order of summation, and with it the bits of the
 * results, must depend on nothing but the shape.
 */
export function sliceDepth(k: number, most = MAX_DEPTH): number {
  return Math.max(1, Math.ceil(k / Math.max(1, Math.ceil(k / most))));
}

export interface BlockSizes {
  /** Pictures of a block; 1 where it is only a band of one. */
  blockImages: number;
  /** Rows of positions of a block. */
  blockRows: number;
  /** In how many items a block's panels are split. */
  parts: number;
}

/** Cuts the positions into blocks: a matter of speed only. */
export function chooseBlocks(a: GemmView, panels: number, threads: number): BlockSizes {
  const k = a.tapRows * a.tapColumns * a.channels;
  // Taps see the same floats again; a position's own are about its channels times the stride's square.
  const { stride = 1, pixel = k } = a.window ?? {};
  const positionBytes = 4 * pixel * stride * stride;
  const limit = Math.max(TILE_ROWS, Math.min(BLOCK_POSITIONS, Math.floor(BLOCK_BYTES / positionBytes)));
  const { images, rows, columns } = a;
  let blockImages = 1;
  let blockRows = rows;
  if (rows * columns > limit) blockRows = fullestTiles(Math.max(1, Math.floor(limit / columns)), columns);
  else {
    const share = Math.ceil(images / (threads * ITEMS_PER_THREAD));
    blockImages = fullestTiles(
      Math.max(1, Math.min(Math.floor(limit / (rows * columns)), share)),
      rows * columns,
    );
  }
  const blocks = Math.ceil(images / blockImages) * Math.ceil(rows / blockRows);
  const parts = Math.min(panels, Math.ceil((threads * ITEMS_PER_THREAD) / blocks));
  return { blockImages, blockRows, parts: threads === 1 ? 1 : parts };
}

/** The count in [most * 3 / 4, most] for which `count * positions` fills its tiles best. */
function fullestTiles(most: number, positions: number): number {
  let best = most;
  for (let count = most; count >= Math.max(1, (most * 3) / 4); count--) {
    if (filling(count * positions) > filling(best * positions)) best = count;
  }
  return best;
}

function filling(positions: number): number {
  return positions / (Math.ceil(positions / TILE_ROWS) * TILE_ROWS);
}
