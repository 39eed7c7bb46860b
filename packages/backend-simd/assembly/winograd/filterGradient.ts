import { take } from '../queue';
import { share } from '../simd';
import { finish, tile, TILE_ROWS } from '../tile';
import { touch } from '../touch';
import { gradientBand, inputBand, pictureAt } from './band';
import { gradientRows, inputRows, VECTOR } from './planes';

// The gradient of a 3x3 filter: F(3x3, size x size), in which the squares of dy are the filter (see forward.ts). For each
// frequency it is a matrix product of the factors of x, transposed, [channels, squares] and those of dy [squares,
// outputs]; the transform of the sums to taps comes last, once for the whole filter (taps.ts).
//
// - A block is a few lines of squares, whose factors stay in the second-level cache: one slice of the sum over squares.
// - Blocks are summed one after the other within a chunk of them; each chunk has sums of its own, which
//   `winogradTaps` adds up. How many chunks there are depends on the shape alone, and so do the bits of the result.
// - An item of work is a chunk of the squares, a slice of the input's channels and a part of the output's.

/** What `winogradFilterGradient` is given; src/convolution/winograd.ts works it out. Steps and sizes are in floats. */
@unmanaged
class FilterGradient {
  /** [images, height, width, channels] */
  x: usize;
  /** [images, rows, columns, outputs] */
  dy: usize;
  /** [chunks, channels, (size + 2)^2, sumOutputs] */
  sums: usize;
  queue: i32;
  scratch: usize;
  scratchBytes: i32;
  /** As many zeros as a row of x, of dy or of a panel has floats. */
  zeros: usize;

  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  rows: i32;
  columns: i32;
  outputs: i32;
  /** Where in x the first square's view starts: negative in the border above and to the left. */
  top: i32;
  left: i32;

  size: i32;
  /** Squares of an image: lines, and squares of a line. */
  lines: i32;
  lineSquares: i32;
  /** Lines of a block. */
  blockLines: i32;
  chunks: i32;
  /** Input channels and output channels of an item: whole vectors, whole panels. */
  sliceChannels: i32;
  sliceOutputs: i32;
  panelWidth: i32;
  /** The outputs of all panels. */
  sumOutputs: i32;
  /** From one frequency to the next: of x's factors and of dy's. */
  xStep: i32;
  dyStep: i32;
}

// Where a thread's scratch memory holds what; the table of offsets follows.
const ROWS: usize = 0;
const TILE: usize = 64;
const PICTURE: usize = 448;
const TABLES: usize = 512;

/** The sums of every chunk; see above. */
export function winogradFilterGradient(args: usize, thread: i32, threads: i32): void {
  const it = changetype<FilterGradient>(args);
  const own = it.scratch + <usize>thread * <usize>it.scratchBytes;
  const blockSquares = it.blockLines * it.lineSquares;
  // Where in a frequency's factors of x each square is, and where in the sums each channel.
  for (let s = 0; s < blockSquares; s++) store<i32>(own + TABLES + (<usize>s << 2), (s * it.sliceChannels) << 2);
  const cRows = own + TABLES + (<usize>blockSquares << 2);
  const frequencies = (it.size + 2) * (it.size + 2);
  for (let c = 0; c < it.sliceChannels; c++) store<i32>(cRows + (<usize>c << 2), (c * frequencies * it.sumOutputs) << 2);
  const band = (cRows + (<usize>it.sliceChannels << 2) + 63) & ~63;

  const slices = (it.channels + it.sliceChannels - 1) / it.sliceChannels;
  const parts = (it.outputs + it.sliceOutputs - 1) / it.sliceOutputs;
  const blocks = (it.images * it.lines + it.blockLines - 1) / it.blockLines;
  for (;;) {
    const item = take(changetype<usize>(it) + offsetof<FilterGradient>('queue'));
    if (item >= it.chunks * slices * parts) break;
    const part = item % parts;
    const slice = (item / parts) % slices;
    const chunk = item / parts / slices;
    const first = share(blocks, chunk, it.chunks);
    const end = share(blocks, chunk + 1, it.chunks);
    for (let block = first; block < end; block++) {
      addBlock(it, own, cRows, band, block, chunk, slice * it.sliceChannels, part * it.sliceOutputs, block > first);
    }
  }
}

/** The products of one block's squares, for a slice of the input's and a part of the output's channels. */
function addBlock(
  it: FilterGradient,
  own: usize,
  cRows: usize,
  band: usize,
  block: i32,
  chunk: i32,
  channel: i32,
  output: i32,
  add: bool,
): void {
  const frequencies = (it.size + 2) * (it.size + 2);
  const widest = max(it.sliceChannels, it.sliceOutputs);
  const bandFloats = (it.size + 2) * ((it.lineSquares * it.size + 2) * widest + 8);
  const xFactors = (band + (<usize>bandFloats << 2) + 63) & ~63;
  const dyFactors = xFactors + (<usize>(frequencies * it.xStep) << 2);
  const line = block * it.blockLines;
  const lines = min(it.blockLines, it.images * it.lines - line);
  const squares = lines * it.lineSquares;
  touchBlock(it, line, lines, channel, output);
  for (let i = 0; i < lines; i++) {
    transformX(it, own, line + i, band, xFactors + (<usize>(i * it.lineSquares * it.sliceChannels) << 2), channel);
    transformDy(it, own, line + i, band, dyFactors, i * it.lineSquares, output);
  }

  const width = it.panelWidth;
  const channels = min(it.sliceChannels, it.channels - channel);
  const outputs = min(it.sliceOutputs, it.sumOutputs - output);
  const panelBytes = <usize>(it.blockLines * it.lineSquares * width) << 2;
  const sumRow = <usize>(frequencies * it.sumOutputs) << 2;
  let sums = it.sums + (<usize>((chunk * it.channels + channel) * frequencies * it.sumOutputs + output) << 2);
  let a = xFactors;
  let b = dyFactors;
  for (let f = 0; f < frequencies; f++) {
    for (let panel = 0; panel < outputs / width; panel++) {
      const c = sums + (<usize>(panel * width) << 2);
      for (let row = 0; row < channels; row += TILE_ROWS) {
        // A last tile's missing rows are factors of other channels or squares.
        for (let r = 0; r < TILE_ROWS; r++) store<usize>(own + ROWS + (<usize>r << 2), a + (<usize>(row + r) << 2));
        const valid = min(TILE_ROWS, channels - row);
        const slice = b + <usize>panel * panelBytes;
        if (!add && valid == TILE_ROWS) {
          tile(width, own + ROWS, own + TABLES, squares, slice, c + load<usize>(cRows + (<usize>row << 2)), sumRow);
        } else {
          tile(width, own + ROWS, own + TABLES, squares, slice, own + TILE, <usize>width << 2);
          finish(own + TILE, width, c, cRows + (<usize>row << 2), valid, width, it.zeros, add);
        }
      }
    }
    a += <usize>it.xStep << 2;
    b += <usize>it.dyStep << 2;
    sums += <usize>it.sumOutputs << 2;
  }
}

/** Touches what a block's squares see of x and dy, where the slices have all channels. */
function touchBlock(it: FilterGradient, line: i32, lines: i32, channel: i32, output: i32): void {
  const xRow = <usize>(it.width * it.channels) << 2;
  const dyRow = <usize>(it.columns * it.outputs) << 2;
  for (let i = line; i < line + lines; i++) {
    const image = i / it.lines;
    const row = (i % it.lines) * it.size;
    if (it.channels <= it.sliceChannels) {
      const first = max(it.top + row, 0);
      const count = min(it.top + row + it.size + 2, it.height) - first;
      touch(it.x + <usize>(image * it.height + first) * xRow, <usize>max(count, 0) * xRow);
    }
    if (it.outputs <= it.sliceOutputs) {
      touch(it.dy + <usize>(image * it.rows + row) * dyRow, <usize>min(it.size, it.rows - row) * dyRow);
    }
  }
}

/** The factors of a line of squares of x, [squares, sliceChannels] for each frequency. */
function transformX(it: FilterGradient, own: usize, line: i32, band: usize, to: usize, channel: i32): void {
  const image = line / it.lines;
  const channels = min(it.sliceChannels, it.channels - channel);
  const x = pictureAt(own + PICTURE, own + ROWS, it.zeros, it.x, image, it.height, it.width, it.channels, channel, channels);
  const columns = it.lineSquares * it.size + 2;
  const bandRow = <usize>(columns * it.sliceChannels + 8) << 2;
  inputBand(x, it.top + (line % it.lines) * it.size, it.left, it.size, columns, band, bandRow, it.sliceChannels);
  const pixel = <usize>it.sliceChannels << 2;
  for (let s = 0; s < it.lineSquares; s++) {
    for (let c: usize = 0; c < pixel; c += VECTOR) {
      inputRows(it.size, band + c, bandRow, pixel, to + c, <usize>it.xStep << 2);
    }
    band += <usize>it.size * pixel;
    to += pixel;
  }
}

/** The factors of a line of squares of dy, as panels: [sliceOutputs / width, squares, width] for each frequency. */
function transformDy(it: FilterGradient, own: usize, line: i32, band: usize, to: usize, square: i32, output: i32): void {
  const image = line / it.lines;
  const outputs = min(it.sliceOutputs, it.outputs - output);
  const dy = pictureAt(own + PICTURE, own + ROWS, it.zeros, it.dy, image, it.rows, it.columns, it.outputs, output, outputs);
  const columns = it.lineSquares * it.size;
  const bandRow = <usize>(columns * it.sliceOutputs + 8) << 2;
  gradientBand(dy, (line % it.lines) * it.size, it.size, columns, band, bandRow, it.sliceOutputs);
  const pixel = <usize>it.sliceOutputs << 2;
  const panelRow = <usize>it.panelWidth << 2;
  const panelBytes = <usize>(it.blockLines * it.lineSquares) * panelRow;
  to += <usize>square * panelRow;
  for (let s = 0; s < it.lineSquares; s++) {
    for (let panel: usize = 0; panel < pixel / panelRow; panel++) {
      for (let c: usize = 0; c < panelRow; c += VECTOR) {
        gradientRows(it.size, band + panel * panelRow + c, bandRow, pixel, to + panel * panelBytes + c, <usize>it.dyStep << 2);
      }
    }
    band += <usize>it.size * pixel;
    to += panelRow;
  }
}
