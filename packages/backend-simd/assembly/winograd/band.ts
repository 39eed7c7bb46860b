import { copyWindow, zeroFloats } from '../copy';
import { gradientColumns, inputColumns } from './planes';

// A band: what a line of squares sees of a picture, its columns transformed, with zeros where it lies outside. Its rows
// have room for one vector more, as the last vector of a row may be partly beyond it.

/** Bytes of a band, and of the copy that it may need. */
export function bandBytes(size: i32, lineSquares: i32, width: i32, channels: i32): usize {
  const row = max(lineSquares * size + 2, width) * channels + 8;
  return <usize>(2 * (size + 2) * row) << 2;
}

/**
 * Fills a band with some channels of a picture [height, width, pixel].
 *
 * @param image the picture's first float of the channels wanted
 * @param top, left where the band starts in the picture; negative: above or left of it
 * @param columns of the band
 * @param toPixel floats from one pixel of the band to the next
 */
export function inputBand(
  image: usize,
  height: i32,
  width: i32,
  pixel: i32,
  channels: i32,
  top: i32,
  left: i32,
  size: i32,
  columns: i32,
  band: usize,
  bandRow: usize,
  toPixel: i32,
): void {
  const before = -left;
  const inside = min(width, columns - before);
  const whole = top >= 0 && top + size + 2 <= height;
  const from = whole ? image + (<usize>(top * width * pixel) << 2) : copyRows(image, height, width, pixel, channels, top, size + 2, toPixel, band + <usize>(size + 2) * bandRow);
  const fromPixel = whole ? pixel : toPixel;
  const to = band + (<usize>(before * toPixel) << 2);
  const joined = fromPixel == channels && toPixel == channels;
  inputColumns(
    size,
    from,
    <usize>(width * fromPixel) << 2,
    joined ? 1 : inside,
    <usize>fromPixel << 2,
    <usize>(joined ? inside * channels : channels) << 2,
    to,
    bandRow,
    <usize>toPixel << 2,
  );
  for (let r = 0; r < size + 2; r++) {
    zeroFloats(band + <usize>r * bandRow, before * toPixel);
    zeroFloats(band + <usize>r * bandRow + (<usize>((before + inside) * toPixel) << 2), (columns - before - inside) * toPixel);
  }
}

/** As `inputBand` for dy, which has no border, but may end inside of the band. */
export function gradientBand(
  image: usize,
  height: i32,
  width: i32,
  pixel: i32,
  channels: i32,
  top: i32,
  size: i32,
  columns: i32,
  band: usize,
  bandRow: usize,
  toPixel: i32,
): void {
  const whole = top + size <= height;
  const from = whole ? image + (<usize>(top * width * pixel) << 2) : copyRows(image, height, width, pixel, channels, top, size, toPixel, band + <usize>(size + 2) * bandRow);
  const fromPixel = whole ? pixel : toPixel;
  const joined = fromPixel == channels && toPixel == channels;
  gradientColumns(
    size,
    from,
    <usize>(width * fromPixel) << 2,
    joined ? 1 : width,
    <usize>fromPixel << 2,
    <usize>(joined ? width * channels : channels) << 2,
    band,
    bandRow,
    <usize>toPixel << 2,
  );
  for (let r = 0; r < size + 2; r++) {
    zeroFloats(band + <usize>r * bandRow + (<usize>(width * toPixel) << 2), (columns - width) * toPixel);
  }
}

/** Copies rows of which some lie outside of the picture. */
function copyRows(image: usize, height: i32, width: i32, pixel: i32, channels: i32, top: i32, rows: i32, toPixel: i32, to: usize): usize {
  copyWindow(to, image, height, width, pixel, top, 0, rows, width, channels, toPixel);
  return to;
}
