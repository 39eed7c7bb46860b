import { zeroFloats } from '../copy';
import { gradientColumns, inputColumns } from './planes';

// A band: what a line of squares sees of a picture, its columns transformed, with zeros where it lies outside. Its rows
// have room for one vector more, as the last vector of a row may be partly beyond it.

/** Some channels of a picture. Sizes are in floats. */
@unmanaged
export class Picture {
  /** The first of those channels of the first pixel. */
  first: usize;
  height: i32;
  width: i32;
  /** From one pixel to the next. */
  pixel: i32;
  channels: i32;
  /** A row of zeros as long as one of the picture. */
  zeros: usize;
  /** Room for a pointer to each row that a band sees. */
  table: usize;
}

/** Writes down, at `at`, some channels of picture `image` of pictures [images, height, width, pixel]. */
export function pictureAt(
  at: usize,
  table: usize,
  zeros: usize,
  pictures: usize,
  image: i32,
  height: i32,
  width: i32,
  pixel: i32,
  channel: i32,
  channels: i32,
): Picture {
  const it = changetype<Picture>(at);
  it.first = pictures + (<usize>(image * height * width * pixel + channel) << 2);
  it.height = height;
  it.width = width;
  it.pixel = pixel;
  it.channels = channels;
  it.zeros = zeros;
  it.table = table;
  return it;
}

/**
 * Fills a band with what a line of squares sees of x.
 *
 * @param top, left where the band starts in the picture; negative: above or left of it
 * @param columns of the band
 * @param pixel floats from one pixel of the band to the next
 */
export function inputBand(x: Picture, top: i32, left: i32, size: i32, columns: i32, band: usize, bandRow: usize, pixel: i32): void {
  const inside = min(x.width, columns + left);
  fillTable(x, top, size + 2);
  const joined = x.pixel == x.channels && pixel == x.channels;
  const to = band - (<usize>(left * pixel) << 2);
  if (joined) inputColumns(size, x.table, 1, 0, <usize>(inside * pixel) << 2, to, bandRow, 0);
  else inputColumns(size, x.table, inside, <usize>x.pixel << 2, <usize>x.channels << 2, to, bandRow, <usize>pixel << 2);
  for (let row = 0; row < size + 2; row++, band += bandRow) {
    zeroFloats(band, -left * pixel);
    zeroFloats(band + (<usize>((inside - left) * pixel) << 2), (columns + left - inside) * pixel);
  }
}

/** As `inputBand` for dy, which has no border, but may end inside of the band. */
export function gradientBand(dy: Picture, top: i32, size: i32, columns: i32, band: usize, bandRow: usize, pixel: i32): void {
  fillTable(dy, top, size);
  const joined = dy.pixel == dy.channels && pixel == dy.channels;
  if (joined) gradientColumns(size, dy.table, 1, 0, <usize>(dy.width * pixel) << 2, band, bandRow, 0);
  else gradientColumns(size, dy.table, dy.width, <usize>dy.pixel << 2, <usize>dy.channels << 2, band, bandRow, <usize>pixel << 2);
  for (let row = 0; row < size + 2; row++, band += bandRow) {
    zeroFloats(band + (<usize>(dy.width * pixel) << 2), (columns - dy.width) * pixel);
  }
}

/** Rows outside of the picture are rows of zeros. */
function fillTable(it: Picture, top: i32, rows: i32): void {
  for (let i = 0; i < rows; i++) {
    const row = top + i;
    const isInside = row >= 0 && row < it.height;
    store<usize>(it.table + (<usize>i << 2), isInside ? it.first + (<usize>(row * it.width * it.pixel) << 2) : it.zeros);
  }
}
