import type { TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';

/** A tensor [..., C] as rows of C channels, cut into chunks for the passes that reduce over the rows. */
export interface Rows {
  rows: number;
  channels: number;
  /** Rows of each chunk but the last, a multiple of 4. */
  chunkRows: number;
  chunks: number;
  /** For `backend.run`: values, as a measure of the work. */
  size: number;
}

/** About 128 KiB of values, of which four streams read a quarter each (assembly/rows.ts): 8 memory pages. */
const CHUNK_VALUES = 32 * 1024;
/** So that what a chunk leaves behind (up to 3 rows of sums) is little beside it. */
const FEWEST_ROWS = 64;
/** So that the rounding errors of a float32 sum over a chunk stay below the rounding of its values. */
const MOST_ROWS = 512;

/** How kernels walk a tensor: a function of its shape alone, as the chunks decide how sums are rounded. */
export function rowsOf({ shape }: TensorInfo): Rows {
  const size = util.sizeFromShape(shape);
  const channels = shape[shape.length - 1] ?? 1;
  const rows = channels === 0 ? 0 : size / channels;
  const wanted = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, CHUNK_VALUES / Math.max(1, channels)));
  const chunkRows = 4 * apart(Math.floor(wanted / 4), 4 * channels);
  return { rows, channels, chunkRows, chunks: Math.ceil(rows / chunkRows), size };
}

/**
 * A number of rows, at least `quarter`, after which the four streams of a chunk don't meet in the same sets of the first-level
 * cache: it keeps 8 lines of addresses that are equal modulo 4096, too few for the streams of three tensors.
 */
function apart(quarter: number, rowBytes: number): number {
  for (let rows = quarter; rows < quarter + 64; rows++) if ((rows * rowBytes) % 4096 === 1024) return rows;
  return quarter;
}
