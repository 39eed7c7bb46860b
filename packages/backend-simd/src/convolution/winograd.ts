import type { SimdBackend } from '../backend.js';
import { type GemmFilter, packFilter, panelWidth, spreadBias } from '../matrix/gemm.js';
import { sliceDepth } from '../matrix/gemmBlocks.js';
import type { SquareSize } from './algorithm.js';

/** Rows of a tile: assembly/tile.ts. */
const TILE_ROWS = 6;
/** Bytes of assembly/winograd/planes.ts's SQUARE_BYTES. */
export const SQUARE_BYTES = 36 * 32;
/** What a block's factors may take of the second-level cache. */
const BLOCK_BYTES = 512 * 1024;
/** Squares of a block: so many that the filter's factors, read again for each block, don't slow it down. */
const BLOCK_SQUARES = { least: 24, most: 66 };
/** Filter's factors beyond the last cache are read as seldom as possible. */
const LARGE_FILTER_BYTES = 12 * 1024 * 1024;
/** Columns whose products are kept at a time. */
const PASS_COLUMNS = 64;
/** Channels of a slice of the sum: sums of sums lose fewer digits than long sums. */
const MAX_DEPTH = 128;

/** A 3x3 convolution of stride 1. */
export interface WinogradConvolution {
  size: SquareSize;
  /** Byte pointer to [images, height, width, channels]. */
  x: number;
  images: number;
  height: number;
  width: number;
  channels: number;
  filter: GemmFilter;
  /** Byte pointer to [outputs]; 0: none. */
  bias: number;
  /** Byte pointer to [images, rows, columns, outputs]. */
  y: number;
  rows: number;
  columns: number;
  outputs: number;
  /** Where in x the first result's window starts. */
  top: number;
  left: number;
}

/** y = x * filter + bias; see assembly/winograd/forward.ts for how. Runs inside a kernel's scope. */
export function convolveWinograd(backend: SimdBackend, convolution: WinogradConvolution): void {
  const { size, images, height, width, channels, rows, columns, outputs, top, left } = convolution;
  const frequencies = (size + 2) ** 2;
  const panel = panelWidth(backend, outputs);
  const panels = Math.ceil(outputs / panel);
  const { factors, filterStep } = transformFilter(backend, convolution, panel);

  const pixel = Math.ceil(channels / 8) * 8;
  const lines = Math.ceil(rows / size);
  const lineSquares = Math.ceil(columns / size);
  const { blockLines, parts, passPanels } = planWinograd(convolution, panel, backend.threads);
  const tileSquares = Math.ceil((blockLines * lineSquares) / TILE_ROWS) * TILE_ROWS;
  const factorStep = spreadOverCache(tileSquares * pixel);
  const productStep = spreadOverCache(tileSquares * passPanels * panel);
  const depth = sliceDepth(channels, MAX_DEPTH);
  const band = bandFloats(size, lineSquares, channels);
  const floats = depth + band + frequencies * (factorStep + productStep);
  const scratchBytes = Math.ceil((1024 + SQUARE_BYTES + 4 * floats) / 64) * 64 + 256;
  backend.run(
    { kernel: 'winogradForward', work: images * lines * lineSquares * frequencies * channels * outputs },
    ...[
      convolution.x,
      factors,
      spreadBias(backend, { bias: convolution.bias, groups: 1, columns: outputs, width: panel }),
    ],
    ...[
      convolution.y,
      0,
      backend.scratch(scratchBytes * backend.threads),
      scratchBytes,
      zeros(backend, width * channels),
    ],
    ...[images, height, width, channels, rows, columns, outputs, top, left],
    ...[size, lines, lineSquares, blockLines, parts, panels, passPanels, panel, depth],
    ...[filterStep, factorStep, productStep, pixel],
  );
}

/** The filter's factors, and how many floats it is from one frequency to the next. */
function transformFilter(
  backend: SimdBackend,
  { size, channels, outputs, filter }: WinogradConvolution,
  panel: number,
): { factors: number; filterStep: number } {
  const view = { tapRows: 3, tapColumns: 3, channels };
  const panels = Math.ceil(outputs / panel);
  const filterStep = spreadOverCache(panels * channels * panel);
  const frequencies = (size + 2) ** 2;
  const bytes = 4 * frequencies * filterStep;
  const factors = backend.rearranged(
    filter.tensor,
    `factors ${size}, panels of ${panel}`,
    bytes,
    (pointer) => {
      const b = { ...filter, tensor: undefined };
      const taps = packFilter(backend, { a: view, b, groups: 1, columns: outputs, width: panel });
      backend.run(
        { kernel: 'winogradFilter', work: bytes },
        ...[taps, pointer, filterStep, size, panels, channels, panel],
        backend.scratch(SQUARE_BYTES * backend.threads),
      );
    },
  );
  return { factors, filterStep };
}

/** How the work is cut up: a matter of speed only. */
export function planWinograd(
  {
    size,
    images,
    rows,
    columns,
    channels,
    outputs,
  }: Pick<WinogradConvolution, 'size' | 'images' | 'rows' | 'columns' | 'channels' | 'outputs'>,
  panel: number,
  threads: number,
): { blockLines: number; parts: number; passPanels: number; items: number } {
  const frequencies = (size + 2) ** 2;
  const panels = Math.ceil(outputs / panel);
  const isLarge = 4 * frequencies * channels * outputs > LARGE_FILTER_BYTES;
  const squareBytes = 4 * frequencies * Math.ceil(channels / 8) * 8;
  const { least, most } = BLOCK_SQUARES;
  const fitting = isLarge ? most : Math.max(least, Math.min(most, BLOCK_BYTES / squareBytes));
  const lines = images * Math.ceil(rows / size);
  const blockLines = chooseLines(threads, lines, Math.ceil(columns / size), fitting);
  const blocks = Math.ceil(lines / blockLines);
  const parts = Math.min(panels, Math.ceil(threads / blocks));
  const passPanels = Math.min(
    Math.ceil(panels / parts),
    Math.ceil((isLarge ? outputs : PASS_COLUMNS) / panel),
  );
  return { blockLines, parts, passPanels, items: blocks * parts };
}

/** Lines of squares of a block. */
function chooseLines(threads: number, lines: number, lineSquares: number, squares: number): number {
  let best = { count: 1, cost: Number.POSITIVE_INFINITY };
  for (let count = 1; count <= lines && (count === 1 || count * lineSquares <= squares); count++) {
    const tiles = Math.ceil((count * lineSquares) / TILE_ROWS);
    // A round's fixed part: the filter's factors come from a slower cache.
    const cost = Math.ceil(Math.ceil(lines / count) / threads) * (tiles + 0.5);
    if (cost <= best.cost) best = { count, cost };
  }
  return best.count;
}

/** Scratch memory with zeros, and room for a vector that begins among them. */
export function zeros(backend: SimdBackend, count: number): number {
  return backend.constants(4 * (count + 8), (pointer) =>
    backend.floats.fill(0, pointer / 4, pointer / 4 + count + 8),
  );
}

/** What assembly/winograd/band.ts needs, in floats. */
export function bandFloats(size: SquareSize, lineSquares: number, channels: number): number {
  return (size + 2) * ((lineSquares * size + 2) * channels + 8);
}

/** Floats from one frequency to the next, such that neighbours don't compete for the same place of a cache. */
export function spreadOverCache(floats: number): number {
  const lines = Math.ceil(floats / 16);
  return 16 * (lines + 1 - (lines % 2));
}
