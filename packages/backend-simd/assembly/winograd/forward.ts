import { copyFloats } from '../copy';
import { take } from '../queue';
import { tile, TILE_ROWS } from '../tile';
import { touch } from '../touch';
import { inputBand, pictureAt } from './band';
import { inputRows, outputSquare, SQUARE_BYTES, VECTOR } from './planes';

// A 3x3 convolution of stride 1 with fewer multiplications: F(size x size, 3x3) of Lavin & Gray, arXiv 1509.09308.
//
// The result is cut into squares of size x size. What a square sees of a channel, (size + 2)^2 values, is transformed
// into as many factors, one for each "frequency"; so is each 3x3 filter, once (filter.ts). A square's result is the
// transform of the products of factors, summed over channels: for each frequency, a matrix product of the squares'
// factors [squares, channels] and the filter's [channels, outputs]. Of 144 (81) multiplications 36 (25) are left.
//
// A block of squares is the item of work a thread takes: whole lines of squares, few enough that their factors and
// products stay in the second-level cache. Only the filter's factors stream past it.
//
// A result's bits depend on the order of the sum over channels alone, slice by slice of `depth`: a function of the shape.

/** What `winogradForward` is given; src/convolution/winograd.ts works it out. Steps and sizes are in floats. */
@unmanaged
class Forward {
  /** [images, height, width, channels] */
  x: usize;
  /** Of the filter: [(size + 2)^2, panels, channels, panelWidth]. */
  factors: usize;
  /** One float a column of all panels. */
  bias: usize;
  /** [images, rows, columns, outputs] */
  y: usize;
  queue: i32;
  scratch: usize;
  scratchBytes: i32;
  /** As many zeros as a row of x has floats. */
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
  /** In how many items a block's panels are split, and how many of them are multiplied before results are written. */
  parts: i32;
  panels: i32;
  passPanels: i32;
  panelWidth: i32;
  depth: i32;
  /** From one frequency to the next: of the filter's factors, of a block's, and of its products. */
  filterStep: i32;
  factorStep: i32;
  productStep: i32;
  /** Channels of a block's factors: whole vectors of 8. */
  pixel: i32;
}

// Where a thread's scratch memory holds what; the table of offsets follows.
const ROWS: usize = 0;
const TILE: usize = 64;
const PICTURE: usize = 448;
const SQUARE: usize = 512;
const RESULT: usize = SQUARE + SQUARE_BYTES;
const TABLES: usize = RESULT + 16 * VECTOR;

/** y = x * filter + bias; see above. */
export function winogradForward(args: usize, thread: i32, threads: i32): void {
  const it = changetype<Forward>(args);
  const own = it.scratch + <usize>thread * <usize>it.scratchBytes;
  const offsets = own + TABLES;
  for (let k: usize = 0; k < <usize>it.depth; k++) store<i32>(offsets + (k << 2), <i32>(k << 2));

  const frequencies = (it.size + 2) * (it.size + 2);
  const band = (offsets + (<usize>it.depth << 2) + 63) & ~63;
  const bandFloats = (it.size + 2) * ((it.lineSquares * it.size + 2) * it.channels + 8);
  const factors = (band + (<usize>bandFloats << 2) + 63) & ~63;
  const products = factors + (<usize>(frequencies * it.factorStep) << 2);

  const allLines = it.images * it.lines;
  const blocks = (allLines + it.blockLines - 1) / it.blockLines;
  for (;;) {
    const item = take(changetype<usize>(it) + offsetof<Forward>('queue'));
    if (item >= blocks * it.parts) break;
    const part = item % it.parts;
    const line = (item / it.parts) * it.blockLines;
    const lines = min(it.blockLines, allLines - line);
    touchPictures(it, line, lines);
    for (let i = 0; i < lines; i++) transformLine(it, own, line + i, band, factors + (<usize>(i * it.lineSquares * it.pixel) << 2));
    if (it.outputs <= it.passPanels * it.panelWidth) touchResults(it, line, lines);
    const end = (it.panels * (part + 1)) / it.parts;
    for (let panel = (it.panels * part) / it.parts; panel < end; panel += it.passPanels) {
      const panels = min(it.passPanels, end - panel);
      for (let f = 0; f < frequencies; f++) {
        multiply(it, own, f, factors, products, lines * it.lineSquares, panel, panels);
      }
      for (let i = 0; i < lines; i++) writeLine(it, own, line + i, products, i * it.lineSquares, panel, panels);
    }
  }
}

/** Touches what the block's squares see of x. */
function touchPictures(it: Forward, line: i32, lines: i32): void {
  const row = <usize>(it.width * it.channels) << 2;
  for (let i = line; i < line + lines; i++) {
    const top = it.top + (i % it.lines) * it.size;
    const first = max(top, 0);
    const count = min(top + it.size + 2, it.height) - first;
    touch(it.x + <usize>((i / it.lines) * it.height + first) * row, <usize>max(count, 0) * row);
  }
}

/** Touches a block's results. */
function touchResults(it: Forward, line: i32, lines: i32): void {
  const row = <usize>(it.columns * it.outputs) << 2;
  for (let i = line; i < line + lines; i++) {
    const first = (i % it.lines) * it.size;
    touch(it.y + <usize>((i / it.lines) * it.rows + first) * row, <usize>min(it.size, it.rows - first) * row);
  }
}

/** The factors of one line of squares. */
function transformLine(it: Forward, own: usize, line: i32, band: usize, factors: usize): void {
  const columns = it.lineSquares * it.size + 2;
  const bandRow = <usize>(columns * it.channels + 8) << 2;
  const image = line / it.lines;
  const x = pictureAt(own + PICTURE, own + ROWS, it.zeros, it.x, image, it.height, it.width, it.channels, 0, it.channels);
  inputBand(x, it.top + (line % it.lines) * it.size, it.left, it.size, columns, band, bandRow, it.channels);
  const pixel = <usize>it.channels << 2;
  for (let s = 0; s < it.lineSquares; s++) {
    for (let c: usize = 0; c < pixel; c += VECTOR) {
      inputRows(it.size, band + c, bandRow, pixel, factors + c, <usize>it.factorStep << 2);
    }
    band += <usize>it.size * pixel;
    factors += <usize>it.pixel << 2;
  }
}

/** products[f] = factors[f] times the filter's factors[f], for a block's squares and some panels. */
function multiply(it: Forward, own: usize, f: i32, factors: usize, products: usize, squares: i32, first: i32, panels: i32): void {
  const width = it.panelWidth;
  const row = <usize>it.pixel << 2;
  const toRow = <usize>(it.passPanels * width) << 2;
  const offsets = own + TABLES;
  for (let panel = 0; panel < panels; panel++) {
    const b = it.factors + (<usize>(f * it.filterStep + (first + panel) * it.channels * width) << 2);
    const to = products + (<usize>(f * it.productStep + panel * width) << 2);
    for (let start = 0; start < it.channels; start += it.depth) {
      const depth = min(it.depth, it.channels - start);
      const slice = b + (<usize>(start * width) << 2);
      let a = factors + (<usize>(f * it.factorStep + start) << 2);
      let c = to;
      // A last tile's missing rows are factors of no square: there is room for them and for their products.
      for (let square = 0; square < squares; square += TILE_ROWS) {
        for (let r: usize = 0; r < 6; r++) store<usize>(own + ROWS + (r << 2), a + r * row);
        if (start == 0) {
          tile(width, own + ROWS, offsets, depth, slice, c, toRow);
        } else {
          tile(width, own + ROWS, offsets, depth, slice, own + TILE, <usize>width << 2);
          addTile(own + TILE, c, width, toRow);
        }
        a += 6 * row;
        c += 6 * toRow;
      }
    }
  }
}

/** Adds a tile to what is there. */
function addTile(from: usize, to: usize, width: i32, toRow: usize): void {
  const rowBytes = <usize>width << 2;
  for (let r = 0; r < TILE_ROWS; r++) {
    for (let v: usize = 0; v < rowBytes; v += 16) v128.store(to + v, f32x4.add(v128.load(to + v), v128.load(from + v)));
    from += rowBytes;
    to += toRow;
  }
}

/** The results of one line of squares, for the columns of some panels. */
function writeLine(it: Forward, own: usize, line: i32, products: usize, firstSquare: i32, firstPanel: i32, panels: i32): void {
  const size = it.size;
  const passColumns = it.passPanels * it.panelWidth;
  const firstColumn = firstPanel * it.panelWidth;
  const columns = min(panels * it.panelWidth, it.outputs - firstColumn);
  const step = <usize>it.productStep << 2;
  const pixelBytes = <usize>it.outputs << 2;
  const rowBytes = <usize>it.columns * pixelBytes;
  const row = (line % it.lines) * size;
  const rows = min(size, it.rows - row);
  let y = it.y + <usize>((line / it.lines) * it.rows + row) * rowBytes + (<usize>firstColumn << 2);
  const bias = it.bias + (<usize>firstColumn << 2);
  // At the point 1, in both directions, a product counts once for every result: that is where the bias is added.
  const atOne = <usize>(size + 3) * step;
  for (let s = 0; s < it.lineSquares; s++) {
    const inside = min(size, it.columns - s * size);
    const isWhole = rows == size && inside == size;
    const from = products + (<usize>((firstSquare + s) * passColumns) << 2);
    for (let o = 0; o < columns; o += 8) {
      const at = <usize>o << 2;
      const low = f32x4.add(v128.load(from + at + atOne), v128.load(bias + at));
      const high = f32x4.add(v128.load(from + at + atOne, 16), v128.load(bias + at, 16));
      v128.store(from + at + atOne, low);
      v128.store(from + at + atOne, high, 16);
      if (isWhole && o + 8 <= columns) {
        outputSquare(size, from + at, step, y + at, rowBytes, pixelBytes, own + SQUARE);
      } else {
        outputSquare(size, from + at, step, own + RESULT, <usize>size * VECTOR, VECTOR, own + SQUARE);
        writeInside(own + RESULT, size, rows, inside, y + at, rowBytes, pixelBytes, min(8, columns - o));
      }
    }
    y += <usize>size * pixelBytes;
  }
}

/** Writes what lies inside of the picture of a square's results, and of 8 columns those that exist. */
function writeInside(from: usize, size: i32, rows: i32, inside: i32, y: usize, row: usize, pixel: usize, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < inside; j++) {
      copyFloats(y + <usize>i * row + <usize>j * pixel, from + <usize>(i * size + j) * VECTOR, columns);
    }
  }
}
