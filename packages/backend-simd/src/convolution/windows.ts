import type { GemmView } from '../matrix/gemmView.js';

/** A 2-D array of windows over NHWC pictures, as each direction of a convolution sees one. */
export interface Windows {
  /** Byte pointer of [images, height, width, pixel]. */
  pointer: number;
  images: number;
  height: number;
  width: number;
  /** Floats of a pixel: the channels of all groups. */
  pixel: number;
  /** Positions of each image. */
  rows: number;
  columns: number;
  /** Of each window. */
  tapRows: number;
  tapColumns: number;
  /** Of each group. */
  channels: number;
  /** Where the first window starts: negative in the border above and to the left. */
  top: number;
  left: number;
  strides: [number, number];
}

/** The windows as the rows of a matrix: read in place where none leaves its picture, else from a copy with a border. */
export function windowView(windows: Windows): GemmView {
  const { pointer, images, height, width, pixel, rows, columns, tapRows, tapColumns, channels } = windows;
  const { top, left } = windows;
  const [stride, columnStride] = windows.strides;
  const windowHeight = (rows - 1) * stride + tapRows;
  const windowWidth = (columns - 1) * columnStride + tapColumns;
  const inside = top >= 0 && left >= 0 && top + windowHeight <= height && left + windowWidth <= width;
  const line = (inside ? width : windowWidth) * pixel;
  const view = {
    ...{ images, rows, columns, tapRows, tapColumns, channels },
    steps: {
      image: height * width * pixel,
      row: stride * line,
      column: columnStride * pixel,
      tapRow: line,
      tapColumn: pixel,
      channel: 1,
    },
  };
  if (inside) return { ...view, pointer: pointer + 4 * (top * width + left) * pixel };
  const window = { height, width, pixel, top, left, windowWidth, stride, span: tapRows };
  return { ...view, pointer, window };
}
