export interface PictureWindow {
  height: number;
  width: number;
  /** Floats of a pixel: the channels of all groups. */
  pixel: number;
  /** Where what the first position sees starts in the picture. */
  top: number;
  left: number;
  /** Columns of the copy. */
  windowWidth: number;
  /** Picture rows from one row of positions to the next. */
  stride: number;
  /** Picture rows that one position sees. */
  span: number;
}

/**
 * The matrix `a` as the tiles read it: element ((image, row, column), (tap row, tap column, channel)) is the float at
 * the sum of each index times its step.
 */
export interface GemmView {
  /** First byte of element (0, 0), or of the pictures if there is a `window`. */
  pointer: number;
  images: number;
  rows: number;
  columns: number;
  tapRows: number;
  tapColumns: number;
  channels: number;
  /** In floats. With a `window` they count in the copy, and that of the images is worked out. */
  steps: {
    image: number;
    row: number;
    column: number;
    tapRow: number;
    tapColumn: number;
    channel: number;
  };
  /** Present where positions see beyond the pictures: each block is copied with a border of zeros. */
  window?: PictureWindow;
}
