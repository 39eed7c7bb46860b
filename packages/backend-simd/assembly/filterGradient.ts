import { copyWindow } from './copy';
import { fillOffsets } from './gemm';
import { packColumns, packSixes } from './packBlock';
import { take } from './queue';
import { share } from './simd';
import { finish, tile, TILE_ROWS } from './tile';

// dFilter[(tap, c)][o] = sum over positions of x[what the window at the position sees at (tap, c)] dy[position][o]: the
// matrix product of gemm.ts with the roles exchanged. Its rows are (tap, c), and what is summed over are the positions,
// of which there may be a hundred thousand; address(tap, c, position) is again a sum of two offsets.
//
// - A block of some 300 positions is one slice of k: its part of x is copied with its border or packed by sixes of channels,
//   its part of dy is packed into panels, and the block's products are added to dFilter.
// - Blocks are summed one after the other within a chunk of them; each chunk has a dFilter of its own, and
//   `sumChunks` adds those up. How many chunks there are depends on the shape alone, and so do the bits of the result.
// - An item of work is a chunk of the positions, a slice of the input's channels and a part of the output's.

/** What `filterGradient` is given; src/convolution/filterGradient.ts works it out. Steps and sizes are in floats. */
@unmanaged
class FilterGradient {
  x: usize;
  dy: usize;
  /** One dFilter for each chunk. */
  result: usize;
  queue: i32;
  scratch: usize;
  scratchBytes: i32;
  /** A float of zero for each column of a panel. */
  zeros: usize;

  /** x: [images, height, width, pixel]. */
  images: i32;
  height: i32;
  width: i32;
  pixel: i32;
  /** Whether a block of x is copied: the window that positions see starts at (top, left). */
  copied: i32;
  top: i32;
  left: i32;
  windowWidth: i32;
  stride: i32;
  span: i32;

  /** Positions of each image, and steps of x (or its copy) from one to the next. */
  rows: i32;
  columns: i32;
  imageStep: i32;
  rowStep: i32;
  columnStep: i32;
  tapRows: i32;
  tapColumns: i32;
  tapRowStep: i32;
  tapColumnStep: i32;

  groups: i32;
  /** Input and output channels of each group. */
  channels: i32;
  outputs: i32;
  panelWidth: i32;

  blockImages: i32;
  blockRows: i32;
  chunks: i32;
  /** Input channels of an item: part of a group, or some whole groups. */
  sliceChannels: i32;
  /** Output channels of an item, of each group, and the columns of their panels. */
  sliceOutputs: i32;
  partWidth: i32;
  /** Whether x is packed: for windows of one tap, without a copy. */
  packed: i32;
  /** How many items are cut, and in how many even pieces of their channels. */
  cutSlices: i32;
  pieces: i32;
}

const ROWS: usize = 0;
const TILE: usize = 64;
const TABLES: usize = 512;

/** dFilter of every chunk; see above. */
export function filterGradient(args: usize, thread: i32, threads: i32): void {
  const it = changetype<FilterGradient>(args);
  const own = it.scratch + <usize>thread * <usize>it.scratchBytes;
  const blockPositions = it.blockImages * it.blockRows * it.columns;
  // Where in x each position's window is: this time the offsets along k.
  const offsets = own + TABLES;
  fillOffsets(offsets, it.blockImages, it.blockRows, it.columns, it.imageStep, it.rowStep, it.columnStep);
  // And in a packed x.
  const packedOffsets = offsets + (<usize>blockPositions << 2);
  fillOffsets(packedOffsets, 1, 1, blockPositions, 0, 0, TILE_ROWS);

  const bands = (it.rows + it.blockRows - 1) / it.blockRows;
  const blocks = bands * ((it.images + it.blockImages - 1) / it.blockImages);
  const slices = (it.groups * it.channels + it.sliceChannels - 1) / it.sliceChannels;
  const parts = (it.outputs + it.sliceOutputs - 1) / it.sliceOutputs;
  for (;;) {
    const item = take(changetype<usize>(it) + offsetof<FilterGradient>('queue'));
    // The last slices are cut in pieces, so that the threads end at about the same time.
    const whole = it.chunks * slices * parts - it.cutSlices;
    if (item >= whole + it.cutSlices * it.pieces) break;
    const piece = item < whole ? 0 : (item - whole) % it.pieces;
    const place = item < whole ? item : whole + (item - whole) / it.pieces;
    const channels = item < whole ? it.sliceChannels : it.sliceChannels / it.pieces;
    const part = place % parts;
    const channel = ((place / parts) % slices) * it.sliceChannels + piece * channels;
    const chunk = place / parts / slices;
    const first = share(blocks, chunk, it.chunks);
    const end = share(blocks, chunk + 1, it.chunks);
    for (let block = first; block < end; block++) {
      addBlock(it, own, packedOffsets + (<usize>blockPositions << 2), block, bands, chunk, channel, channels, part, block > first);
    }
  }
}

/** The products of one block's positions, for a slice of the input's channels, or a piece of one, and a part of the output's. */
function addBlock(
  it: FilterGradient,
  own: usize,
  free: usize,
  block: i32,
  bands: i32,
  chunk: i32,
  channel: i32,
  itemChannels: i32,
  part: i32,
  add: bool,
): void {
  const image = (block / bands) * it.blockImages;
  const row = (block % bands) * it.blockRows;
  const images = min(it.blockImages, it.images - image);
  const rows = min(it.blockRows, it.rows - row);
  const positions = images * rows * it.columns;
  const outputChannels = it.groups * it.outputs;
  const taps = it.tapRows * it.tapColumns;
  const channels = min(itemChannels, it.channels);
  const height = taps * channels;

  const dy = it.dy + (<usize>(((image * it.rows + row) * it.columns) * outputChannels) << 2);
  // The tables of a tile's rows, then the packed dy, then the packed x or the copy of x.
  const aRows = free;
  const cRows = aRows + (<usize>height << 2);
  const panels = (cRows + (<usize>height << 2) + 63) & ~63;
  const window = panels + (<usize>(it.blockImages * it.blockRows * it.columns * it.partWidth) << 2);
  const x = it.copied
    ? copySlice(it, window, image, images, row, rows, channel)
    : it.x + (<usize>(image * it.imageStep + row * it.rowStep + channel) << 2);

  // A slice is an even part of one group, or it is some whole groups.
  const lastChannel = min(channel + itemChannels, it.groups * it.channels);
  fillOffsets(aRows, it.tapRows, it.tapColumns, channels, it.tapRowStep, it.tapColumnStep, 1);
  fillOffsets(cRows, it.tapRows, it.tapColumns, channels, it.tapColumns * it.channels * outputChannels, it.channels * outputChannels, outputChannels);
  const firstOutput = part * it.sliceOutputs;
  const columns = min(it.sliceOutputs, it.outputs - firstOutput);
  for (let from = channel; from < lastChannel; from += channels) {
    const group = from / it.channels;
    const output = group * it.outputs + firstOutput;
    const b = packColumns(panels, dy + (<usize>output << 2), positions, columns, outputChannels, it.panelWidth);
    let a = x + (<usize>(from - channel) << 2);
    if (it.packed) {
      packSixes(window, a, own + TABLES, channels, positions);
      a = window;
    }
    const chunkStart = chunk * taps * it.channels * outputChannels;
    const c = it.result + (<usize>(chunkStart + (from - group * it.channels) * outputChannels + output) << 2);
    for (let column = 0; column < columns; column += it.panelWidth) {
      const panel = b + (<usize>(column * positions) << 2);
      multiply(it, own, a, aRows, height, positions, panel, c + (<usize>column << 2), cRows, min(it.panelWidth, columns - column), add);
    }
  }
}

/** One panel of dFilter: `height` rows, summed over the positions of a block. */
function multiply(
  it: FilterGradient,
  own: usize,
  a: usize,
  aRows: usize,
  height: i32,
  positions: i32,
  b: usize,
  c: usize,
  cRows: usize,
  columns: i32,
  add: bool,
): void {
  const width = it.panelWidth;
  const tileRow = <usize>width << 2;
  const offsets = own + TABLES + (it.packed ? <usize>(it.blockImages * it.blockRows * it.columns) << 2 : 0);
  for (let row = 0; row < height; row += TILE_ROWS) {
    const valid = min(TILE_ROWS, height - row);
    const six = a + (<usize>(row * positions) << 2);
    // A last tile's missing rows repeat the last one.
    for (let r = 0; r < TILE_ROWS; r++) {
      const at = <usize>min(r, valid - 1) << 2;
      store<usize>(own + ROWS + (<usize>r << 2), it.packed ? six + at : a + load<usize>(aRows + (<usize>row << 2) + at));
    }
    tile(width, own + ROWS, offsets, positions, b, own + TILE, tileRow);
    finish(own + TILE, width, c, cRows + (<usize>row << 2), valid, columns, it.zeros, add);
  }
}

/** Copies what a block's positions see of some channels, with zeros for the border; returns where it is. */
function copySlice(it: FilterGradient, to: usize, image: i32, images: i32, row: i32, rows: i32, channel: i32): usize {
  for (let i = 0; i < images; i++) {
    copyWindow(
      to + (<usize>(i * it.imageStep) << 2),
      it.x + (<usize>((image + i) * it.height * it.width * it.pixel + channel) << 2),
      it.height,
      it.width,
      it.pixel,
      it.top + row * it.stride,
      it.left,
      (rows - 1) * it.stride + it.span,
      it.windowWidth,
      min(it.sliceChannels, it.groups * it.channels - channel),
      it.sliceChannels,
    );
  }
  return to;
}
