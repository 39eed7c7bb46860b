import { copyWindow } from './copy';
import { finish, tile, TILE_ROWS } from './tile';
import { take } from './queue';
import { touch } from './touch';

// How every convolution and matrix product is computed: as one matrix product c = a b, of which only b is rearranged.
//
// Take a convolution. Its result has a row for each position (image, y, x) and a column for each output channel; a row
// of `a` holds the floats that the position's window sees, in the order (tap row, tap column, channel), and b is the
// filter as it is. `a` never exists ("implicit GEMM"): where it would repeat a picture's floats up to kh * kw times, we
// compute addresses. In a picture with its border of zeros,
//
//     address(position, k) = rowStart(position) + offset(k)
//
// exactly: where the window stands, plus where in the window. So two small tables of offsets, one for positions and one
// for k, describe any convolution - any stride, any dilation, groups, each phase of an input gradient - and any matrix,
// transposed or not. The tile (tile8.ts) adds the two for each float of `a` it reads.
//
// What surrounds it is the usual order of a fast matrix product, made for caches:
//   - b is first packed into panels of 8 or 16 columns (panels.ts), which the tile reads from front to back;
//   - the positions are cut into blocks, a few pictures or a band of rows of one. A block is the item of work a thread
//     takes. It copies its pictures' part with the border of zeros into its own scratch memory, small enough for the
//     second-level cache; without a border nothing is copied;
//   - for each panel, k is cut into slices of `depth`, so that a panel's slice stays in the first-level cache while all
//     tiles of the block pass over it;
//   - a tile's 6 x 8 or 6 x 16 results are summed over a slice in registers and then added to c (tile.ts).
//
// What a result's bits depend on is the order in which its products are summed: by k, slice by slice. That is a function
// of the shape (`depth`) alone; blocks, threads and the tile's width change nothing.

/** What `gemm` is given; src/matrix/gemm.ts says how it is worked out. Steps and sizes are in floats. */
@unmanaged
class Gemm {
  source: usize;
  panels: usize;
  /** One float a column of all panels. */
  bias: usize;
  result: usize;
  queue: i32;
  scratch: usize;
  scratchBytes: i32;

  /** The pictures: [images, height, width, pixel]. */
  images: i32;
  height: i32;
  width: i32;
  pixel: i32;
  /** Whether a block is copied with its border: the window that positions see starts at (top, left). */
  copied: i32;
  top: i32;
  left: i32;
  windowWidth: i32;
  /** Picture rows from one row of positions to the next, and how many one of them sees. */
  stride: i32;
  span: i32;

  /** Positions of each image, and steps of `a` from one to the next. */
  rows: i32;
  columns: i32;
  imageStep: i32;
  rowStep: i32;
  columnStep: i32;
  /** k = (tap row, tap column, channel), and steps of `a` along each. */
  tapRows: i32;
  tapColumns: i32;
  channels: i32;
  tapRowStep: i32;
  tapColumnStep: i32;
  channelStep: i32;

  /** Each group has its own channels of a, its own b and its own columns of c. */
  groups: i32;
  groupColumns: i32;
  panelWidth: i32;

  /** Steps of c from one position to the next. */
  resultImageStep: i32;
  resultRowStep: i32;
  resultColumnStep: i32;
  /** Whether positions lie at equal distances in c, and no bias is to be added: then tiles write straight to c. */
  plain: i32;

  depth: i32;
  blockImages: i32;
  blockRows: i32;
  /** In how many items a block's panels are split. */
  parts: i32;
}

// Where a thread's scratch memory holds what; the tables follow.
const ROWS: usize = 0;
const TILE: usize = 64;
const TABLES: usize = 512;

/** c = a b + bias for all groups; see above. */
export function gemm(args: usize, thread: i32, threads: i32): void {
  const it = changetype<Gemm>(args);
  const own = it.scratch + <usize>thread * <usize>it.scratchBytes;
  const k = it.tapRows * it.tapColumns * it.channels;
  const blockPositions = it.blockImages * it.blockRows * it.columns;
  const offsets = own + TABLES;
  const aRows = offsets + (<usize>k << 2);
  const cRows = aRows + (<usize>blockPositions << 2);
  const window = (cRows + (<usize>blockPositions << 2) + 63) & ~63;
  fillOffsets(offsets, it.tapRows, it.tapColumns, it.channels, it.tapRowStep, it.tapColumnStep, it.channelStep);
  fillOffsets(aRows, it.blockImages, it.blockRows, it.columns, it.imageStep, it.rowStep, it.columnStep);
  fillOffsets(cRows, it.blockImages, it.blockRows, it.columns, it.resultImageStep, it.resultRowStep, it.resultColumnStep);

  const bands = (it.rows + it.blockRows - 1) / it.blockRows;
  const blocks = bands * ((it.images + it.blockImages - 1) / it.blockImages);
  const panels = it.groups * ((it.groupColumns + it.panelWidth - 1) / it.panelWidth);
  for (;;) {
    const item = take(changetype<usize>(it) + offsetof<Gemm>('queue'));
    if (item >= blocks * it.parts) break;
    const block = item / it.parts;
    const part = item % it.parts;
    const image = (block / bands) * it.blockImages;
    const row = (block % bands) * it.blockRows;
    const images = min(it.blockImages, it.images - image);
    const rows = min(it.blockRows, it.rows - row);
    const a = it.copied ? copyBlock(it, window, image, images, row, rows) : it.source + (<usize>(image * it.imageStep + row * it.rowStep) << 2);
    const c = it.result + (<usize>(image * it.resultImageStep + row * it.resultRowStep) << 2);
    if (!it.copied && it.channelStep == 1) touchRows(aRows, a, images * rows * it.columns, it.groups * it.channels);
    const lastPanel = (panels * (part + 1)) / it.parts;
    for (let panel = (panels * part) / it.parts; panel < lastPanel; panel++) {
      multiply(it, own, k, a, c, images * rows * it.columns, panel);
    }
  }
}

/** Touches the rows of `a` of a block's positions, or what their first taps see. */
function touchRows(aRows: usize, a: usize, count: i32, channels: i32): void {
  const end = aRows + (<usize>count << 2);
  for (let at = aRows; at < end; at += 4) touch(a + load<usize>(at), <usize>channels << 2);
}

/** table[(i, j, l)] = (i iStep + j jStep + l lStep) in bytes. */
export function fillOffsets(table: usize, is: i32, js: i32, ls: i32, iStep: i32, jStep: i32, lStep: i32): void {
  for (let i = 0; i < is; i++) {
    for (let j = 0; j < js; j++) {
      let offset = (i * iStep + j * jStep) << 2;
      for (let l = 0; l < ls; l++, table += 4, offset += lStep << 2) store<i32>(table, offset);
    }
  }
}

/** Copies what a block's positions see, with zeros for the border; returns where `a` starts. */
function copyBlock(it: Gemm, to: usize, image: i32, images: i32, row: i32, rows: i32): usize {
  for (let i = 0; i < images; i++) {
    copyWindow(
      to + (<usize>(i * it.imageStep) << 2),
      it.source + (<usize>((image + i) * it.height * it.width * it.pixel) << 2),
      it.height,
      it.width,
      it.pixel,
      it.top + row * it.stride,
      it.left,
      (rows - 1) * it.stride + it.span,
      it.windowWidth,
      it.pixel,
      it.pixel,
    );
  }
  return to;
}

/** One panel of c for a block of `count` positions. */
function multiply(it: Gemm, own: usize, k: i32, a: usize, c: usize, count: i32, panel: i32): void {
  const width = it.panelWidth;
  const groupPanels = (it.groupColumns + width - 1) / width;
  const group = panel / groupPanels;
  const column = (panel % groupPanels) * width;
  const columns = min(width, it.groupColumns - column);
  const b = it.panels + (<usize>(panel * k * width) << 2);
  const bias = it.bias + (<usize>(panel * width) << 2);
  const aGroup = a + (<usize>(group * it.channels * it.channelStep) << 2);
  const cPanel = c + (<usize>(group * it.groupColumns + column) << 2);
  const offsets = own + TABLES;
  const aRows = offsets + (<usize>k << 2);
  const cRows = aRows + (<usize>(it.blockImages * it.blockRows * it.columns) << 2);
  const scratchTile = own + TILE;
  const tileRow = <usize>width << 2;

  let start = 0;
  do {
    const depth = min(it.depth, k - start);
    const slice = b + (<usize>(start * width) << 2);
    for (let position = 0; position < count; position += TILE_ROWS) {
      const valid = min(TILE_ROWS, count - position);
      // A last tile's missing rows repeat the last one.
      for (let r = 0; r < TILE_ROWS; r++) {
        const at = <usize>(position + min(r, valid - 1)) << 2;
        store<usize>(own + ROWS + (<usize>r << 2), aGroup + load<usize>(aRows + at));
      }
      const at = <usize>position << 2;
      const whole = valid == TILE_ROWS && columns == width;
      if (it.plain && start == 0 && whole) {
        tile(width, own + ROWS, offsets + (<usize>start << 2), depth, slice, cPanel + load<usize>(cRows + at), <usize>it.resultColumnStep << 2);
        continue;
      }
      tile(width, own + ROWS, offsets + (<usize>start << 2), depth, slice, scratchTile, tileRow);
      finish(scratchTile, width, cPanel, cRows + at, valid, columns, bias, start > 0);
    }
    start += depth;
  } while (start < k);
}
