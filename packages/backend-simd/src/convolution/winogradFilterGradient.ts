import type { SimdBackend } from '../backend.js';
import { panelWidth } from '../matrix/gemm.js';
import type { SquareSize } from './algorithm.js';
import type { ConvolutionShape, FilterGradientTensors } from './shape.js';
import { bandFloats, SQUARE_BYTES, spreadOverCache } from './winograd.js';

/** Channels of x, and of dy, of an item of work. */
const SLICE_CHANNELS = 64;
const SLICE_OUTPUTS = 128;
/** What the factors of a block of squares, one slice of the sum, take: those of a frequency stay in the nearer caches. */
const BLOCK_BYTES = 2400 * 1024;
/** More would cost digits. */
const MAX_SQUARES = 128;
/** Items of work wanted, so that some threads find enough to share... */
const ITEMS = 16;
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
  const { sliceChannels, sliceOutputs, blockLines, chunks } = splitWork(shape, size);

  const blockSquares = blockLines * lineSquares;
  const xStep = spreadOverCache(blockSquares * sliceChannels);
  const dyStep = spreadOverCache(blockSquares * sliceOutputs);
  const widest = Math.max(sliceChannels, sliceOutputs);
  const band = bandFloats(size, lineSquares, Math.max(width, columns), widest);
  const floats = blockSquares + sliceChannels + band + frequencies * (xStep + dyStep);
  const scratchBytes = Math.ceil((512 + 4 * floats) / 64) * 64 + 256;
  const zeros = backend.scratch(4 * panel);
  backend.floats.fill(0, zeros / 4, zeros / 4 + panel);
  const sums = backend.scratch(4 * chunks * channels * frequencies * sumOutputs);
  backend.run(
    {
      kernel: 'winogradFilterGradient',
      work: images * lines * lineSquares * frequencies * channels * outputs,
    },
    ...[x, dy, sums, 0, backend.scratch(scratchBytes * backend.threads), scratchBytes, zeros],
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

/** How the sum is cut up: blocks and chunks decide its order, so this must depend on nothing but the shape. */
function splitWork(shape: ConvolutionShape, size: SquareSize) {
  const { images, rows, columns, pixel: channels, outputs } = shape;
  const frequencies = (size + 2) ** 2;
  const sliceChannels = Math.min(SLICE_CHANNELS, Math.ceil(channels / 8) * 8);
  const sliceOutputs = Math.min(SLICE_OUTPUTS, Math.ceil(outputs / 16) * 16);
  const lineSquares = Math.ceil(columns / size);
  const lines = images * Math.ceil(rows / size);
  const squares = Math.min(MAX_SQUARES, BLOCK_BYTES / (4 * frequencies * (sliceChannels + sliceOutputs)));
  const most = Math.max(1, Math.floor(squares / lineSquares));
  const blockLines = Math.ceil(lines / Math.ceil(lines / most));
  const items = Math.ceil(channels / sliceChannels) * Math.ceil(outputs / sliceOutputs);
  const sumBytes = 4 * frequencies * channels * outputs;
  const chunks = Math.max(
    1,
    Math.min(Math.ceil(ITEMS / items), Math.ceil(lines / blockLines), Math.floor(CHUNK_BYTES / sumBytes)),
  );
  return { sliceChannels, sliceOutputs, blockLines, chunks };
}
