import type { SimdBackend } from '../backend.js';
import { panelWidth } from '../matrix/gemm.js';
import type { SquareSize } from './algorithm.js';
import { largestSlice, SLICES } from './filterGradientPlan.js';
import type { ConvolutionShape, FilterGradientTensors } from './shape.js';
import { bandFloats, SQUARE_BYTES, spreadOverCache, zeros } from './winograd.js';

/** What the factors of a block of squares, one slice of the sum, take: those of a frequency stay in the nearer caches. */
const BLOCK_BYTES = 2400 * 1024;
/** More would cost digits. */
const MAX_SQUARES = 128;
/** Chunks and slices wanted, so that some threads find enough to share... */
const ITEMS = 32;
/** ...as long as all chunks' sums together stay small. */
const CHUNK_BYTES = 10 * 1024 * 1024;

/** dFilter of a 3x3 convolution of stride 1; see assembly/winograd/filterGradient.ts for how. Runs inside a kernel's scope. */
export function winogradFilterGradient(
  backend: SimdBackend,
  shape: ConvolutionShape,
  size: SquareSize,
  { x, dy, dFilter }: FilterGradientTensors,
): void {
  const { images, height, width, pixel: channels, rows, columns, outputs, padding } = shape;
  const frequencies = (size + 2) ** 2;
  const panel = panelWidth(backend, outputs);
  const sumOutputs = Math.ceil(outputs / panel) * panel;
  const lines = Math.ceil(rows / size);
  const lineSquares = Math.ceil(columns / size);
  const { sliceChannels, sliceOutputs, blockLines, chunks } = planWinogradFilterGradient(
    shape,
    size,
    backend.threads,
  );

  const blockSquares = blockLines * lineSquares;
  const xStep = spreadOverCache(blockSquares * sliceChannels);
  const dyStep = spreadOverCache(blockSquares * sliceOutputs);
  const widest = Math.max(sliceChannels, sliceOutputs);
  const band = bandFloats(size, lineSquares, widest);
  const floats = blockSquares + sliceChannels + band + frequencies * (xStep + dyStep);
  const scratchBytes = Math.ceil((512 + 4 * floats) / 64) * 64 + 256;
  const sums = backend.scratch(4 * chunks * channels * frequencies * sumOutputs);
  backend.run(
    {
      kernel: 'winogradFilterGradient',
      work: images * lines * lineSquares * frequencies * channels * outputs,
    },
    ...[x, dy, sums, 0, backend.scratch(scratchBytes * backend.threads), scratchBytes],
    zeros(backend, Math.max(width * channels, columns * outputs, panel)),
    ...[images, height, width, channels, rows, columns, outputs, -padding[0], -padding[1]],
    ...[
      size,
      lines,
      lineSquares,
      blockLines,
      chunks,
      sliceChannels,
      sliceOutputs,
      panel,
      sumOutputs,
      xStep,
      dyStep,
    ],
  );
  backend.run(
    { kernel: 'winogradTaps', work: (chunks + 4) * channels * frequencies * sumOutputs },
    ...[
      sums,
      dFilter,
      chunks,
      channels,
      outputs,
      sumOutputs,
      size,
      backend.scratch(3 * SQUARE_BYTES * backend.threads),
    ],
  );
}

/** How the work is cut up. */
export function planWinogradFilterGradient(shape: ConvolutionShape, size: SquareSize, threads: number) {
  const sum = splitSum(shape, size);
  const slices = SLICES.map((most) => sliceOf(shape, most));
  const countItems = (slice: Slice) => sum.chunks * countSlices(shape, slice);
  const slice = largestSlice(slices, countItems, threads);
  return { ...sum, ...slice, items: countItems(slice) };
}

interface Slice {
  sliceChannels: number;
  sliceOutputs: number;
}

/** How the sum is cut up: blocks and chunks decide its order, so this must depend on nothing but the shape. */
function splitSum(shape: ConvolutionShape, size: SquareSize): { blockLines: number; chunks: number } {
  const { images, rows, columns, pixel: channels, outputs } = shape;
  const frequencies = (size + 2) ** 2;
  const slice = sliceOf(shape, SLICES[0]);
  const lineSquares = Math.ceil(columns / size);
  const lines = images * Math.ceil(rows / size);
  const factorBytes = 4 * frequencies * (slice.sliceChannels + slice.sliceOutputs);
  const squares = Math.min(MAX_SQUARES, BLOCK_BYTES / factorBytes);
  const most = Math.max(1, Math.floor(squares / lineSquares));
  const blockLines = Math.ceil(lines / Math.ceil(lines / most));
  const sumBytes = 4 * frequencies * channels * outputs;
  const chunks = Math.max(
    1,
    Math.min(
      Math.ceil(ITEMS / countSlices(shape, slice)),
      Math.ceil(lines / blockLines),
      Math.floor(CHUNK_BYTES / sumBytes),
    ),
  );
  return { blockLines, chunks };
}

/** Whole vectors of channels, whole panels of outputs. */
function sliceOf({ pixel, outputs }: ConvolutionShape, most: { channels: number; outputs: number }): Slice {
  return {
    sliceChannels: Math.min(most.channels, Math.ceil(pixel / 8) * 8),
    sliceOutputs: Math.min(most.outputs, Math.ceil(outputs / 16) * 16),
  };
}

function countSlices({ pixel, outputs }: ConvolutionShape, { sliceChannels, sliceOutputs }: Slice): number {
  return Math.ceil(pixel / sliceChannels) * Math.ceil(outputs / sliceOutputs);
}
