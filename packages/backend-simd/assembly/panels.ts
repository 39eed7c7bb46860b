import { share } from './simd';

/** What `packPanels` is given: the matrix b of each group, seen through strides (in floats), and where it goes. */
@unmanaged
class Panels {
  source: usize;
  panels: usize;
  groups: i32;
  groupStep: i32;
  /** b's rows are (tap row, tap column, channel). */
  tapRows: i32;
  tapColumns: i32;
  channels: i32;
  columns: i32;
  tapRowStep: i32;
  tapColumnStep: i32;
  channelStep: i32;
  columnStep: i32;
  /** Columns of a panel: 8 or 16. */
  width: i32;
}

/**
 * Lays the matrices b out as the tiles read them: for each group, for each `width` columns, all rows one after the
 * other. The last panel's missing columns are zeros.
 */
export function packPanels(args: usize, thread: i32, threads: i32): void {
  const it = changetype<Panels>(args);
  const width = it.width;
  const depth = it.tapRows * it.tapColumns * it.channels;
  const groupPanels = (it.columns + width - 1) / width;
  const taps = it.tapRows * it.tapColumns;
  // One item is a tap of a panel: fine enough to be shared evenly.
  const items = it.groups * groupPanels * taps;
  const end = share(items, thread + 1, threads);
  for (let item = share(items, thread, threads); item < end; item++) {
    const tap = item % taps;
    const panel = (item / taps) % groupPanels;
    const group = item / taps / groupPanels;
    const tapStart = (tap / it.tapColumns) * it.tapRowStep + (tap % it.tapColumns) * it.tapColumnStep;
    const column = panel * width;
    packTap(
      it.panels + (<usize>((group * groupPanels + panel) * depth + tap * it.channels) * width << 2),
      it.source + (<usize>(group * it.groupStep + tapStart + column * it.columnStep) << 2),
      it.channels,
      min(width, it.columns - column),
      it.channelStep,
      it.columnStep,
      width,
    );
  }
}

/** The rows of one tap: to[channel][column] = from[channel * channelStep + column * columnStep]. */
function packTap(
  to: usize,
  from: usize,
  channels: i32,
  columns: i32,
  channelStep: i32,
  columnStep: i32,
  width: i32,
): void {
  const rowBytes = <usize>width << 2;
  if (columnStep == 1 && columns == width) {
    for (let c = 0; c < channels; c++) {
      for (let v: usize = 0; v < rowBytes; v += 16) v128.store(to + v, v128.load(from + v));
      to += rowBytes;
      from += <usize>channelStep << 2;
    }
    return;
  }
  let c = 0;
  if (channelStep == 1 && columns == width) {
    for (; c + 4 <= channels; c += 4) {
      for (let v = 0; v < width; v += 4) transpose(to + (<usize>v << 2), from + (<usize>(v * columnStep) << 2), columnStep, rowBytes);
      to += rowBytes << 2;
      from += 16;
    }
  }
  for (; c < channels; c++) {
    for (let column = 0; column < width; column++) {
      const value: f32 = column < columns ? load<f32>(from + (<usize>(column * columnStep) << 2)) : 0;
      store<f32>(to + (<usize>column << 2), value);
    }
    to += rowBytes;
    from += <usize>channelStep << 2;
  }
}

/** 4 columns of 4 channels, contiguous in each column, to 4 rows of 4 columns. */
// @ts-ignore: decorator
@inline
function transpose(to: usize, from: usize, columnStep: i32, rowBytes: usize): void {
  const step = <usize>columnStep << 2;
  const a = v128.load(from);
  const b = v128.load(from + step);
  const c = v128.load(from + 2 * step);
  const d = v128.load(from + 3 * step);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + rowBytes, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * rowBytes, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * rowBytes, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
