import type { SimdBackend } from '../backend.js';
import { panelWidth } from '../matrix/gemm.js';
import { convolutionAlgorithm, SQUARE_SIZE } from './algorithm.js';
import type { ConvolutionShape, FilterGradientTensors } from './shape.js';
import { type Windows, windowView } from './windows.js';
import { winogradFilterGradient } from './winogradFilterGradient.js';

/** Positions of a block: the panel of dy that goes with them stays in the first-level cache. */
const BLOCK_POSITIONS = 320;
/** Channels of x that an item of work copies: with a border, for 300 positions, some 100 KB. */
const SLICE_CHANNELS = 64;
/** Channels of dy that share a copied slice of x. */
const SLICE_OUTPUTS = 128;
/** Items of work wanted, so that some threads find enough to share... */
const ITEMS = 32;
/** ...as long as all chunks' results together stay small. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/** dFilter; see assembly/filterGradient.ts for how. Runs inside a kernel's scope. */
export function convolveFilterGradient(
  backend: SimdBackend,
  shape: ConvolutionShape,
  { x, dy, dFilter }: FilterGradientTensors,
): void {
  const { images, height, width, pixel, rows, columns, tapRows, tapColumns, groups } = shape;
  const channels = pixel / groups;
  const outputs = shape.outputs / groups;
  const length = tapRows * tapColumns * channels * shape.outputs;
  if (images * rows * columns === 0) {
    backend.floats.fill(0, dFilter / 4, dFilter / 4 + length);
    return;
  }
  const algorithm = convolutionAlgorithm(shape, 'filterGradient', backend.convolution);
  if (algorithm !== 'direct') {
    winogradFilterGradient(backend, shape, SQUARE_SIZE[algorithm], { x, dy, dFilter });
    return;
  }
  const windows: Windows = {
    ...{ pointer: x, images, height, width, pixel, rows, columns, tapRows, tapColumns, channels },
    ...{ top: -shape.padding[0], left: -shape.padding[1], strides: shape.strides },
  };
  const { blockImages, blockRows, chunks, sliceChannels, sliceOutputs } = splitWork(shape);
  const inPlace = windowView(windows);
  const a = inPlace.window === undefined ? inPlace : windowView({ ...windows, pixel: sliceChannels });
  const { window } = a;
  const windowFloats =
    window === undefined ? 0 : ((blockRows - 1) * window.stride + window.span) * a.steps.tapRow;
  const panel = panelWidth(backend, outputs);
  const taps = tapRows * tapColumns;
  const blockPositions = blockImages * blockRows * columns;
  const tables = blockPositions + 2 * taps * Math.min(sliceChannels, channels);
  const floats = tables + 16 + blockPositions * panel + blockImages * windowFloats;
  const scratchBytes = 512 + Math.ceil(floats / 16) * 64;
  const zeros = backend.scratch(4 * panel);
  backend.floats.fill(0, zeros / 4, zeros / 4 + panel);
  const sums = chunks === 1 ? dFilter : backend.scratch(4 * chunks * length);
  backend.run(
    { kernel: 'filterGradient', work: (images * rows * columns * length) / groups / 4 },
    ...[a.pointer, dy, sums, 0, backend.scratch(scratchBytes * backend.threads), scratchBytes, zeros],
    ...[images, height, width, pixel],
    ...[window === undefined ? 0 : 1, window?.top ?? 0, window?.left ?? 0],
    ...[window?.windowWidth ?? 0, window?.stride ?? 0, window?.span ?? 0],
    ...[rows, columns, window === undefined ? a.steps.image : windowFloats, a.steps.row, a.steps.column],
    ...[tapRows, tapColumns, a.steps.tapRow, a.steps.tapColumn],
    ...[groups, channels, outputs, panel],
    ...[blockImages, blockRows, chunks, sliceChannels, sliceOutputs],
  );
  if (chunks > 1) backend.run({ kernel: 'sumChunks', work: chunks * length }, sums, dFilter, chunks, length);
}

interface Split {
  blockImages: number;
  blockRows: number;
  chunks: number;
  sliceChannels: number;
  sliceOutputs: number;
}

/** How the sum is cut up: blocks and chunks decide its order, so this must depend on nothing but the shape. */
function splitWork(shape: ConvolutionShape): Split {
  const { images, rows, columns, tapRows, tapColumns, groups } = shape;
  const channels = shape.pixel / groups;
  const outputs = shape.outputs / groups;
  const perImage = rows * columns;
  const blockImages =
    perImage > BLOCK_POSITIONS ? 1 : Math.min(images, Math.floor(BLOCK_POSITIONS / perImage));
  const bands = Math.ceil(rows / Math.max(1, Math.floor(BLOCK_POSITIONS / columns)));
  const blockRows = perImage > BLOCK_POSITIONS ? Math.ceil(rows / bands) : rows;
  const blocks = Math.ceil(images / blockImages) * Math.ceil(rows / blockRows);

  const slicesPerGroup = Math.ceil(channels / SLICE_CHANNELS);
  const groupsPerSlice = Math.max(1, Math.min(groups, Math.floor(SLICE_CHANNELS / channels)));
  // A slice must not end inside a group that it doesn't begin.
  const sliceChannels = slicesPerGroup > 1 ? evenSlice(channels, slicesPerGroup) : groupsPerSlice * channels;
  const sliceOutputs = Math.min(outputs, SLICE_OUTPUTS);
  const slices = Math.ceil((groups * channels) / sliceChannels);
  const parts = Math.ceil(outputs / sliceOutputs);

  const filterBytes = 4 * tapRows * tapColumns * channels * groups * outputs;
  const wanted = Math.ceil(ITEMS / (slices * parts));
  const chunks = Math.max(1, Math.min(wanted, blocks, Math.floor(CHUNK_BYTES / filterBytes)));
  return { blockImages, blockRows, chunks, sliceChannels, sliceOutputs };
}

/** The largest equal slice that `slices` or a few more of them make; channels in odd numbers stay in one slice. */
function evenSlice(channels: number, slices: number): number {
  for (let count = slices; count <= 2 * slices; count++) {
    if (channels % count === 0) return channels / count;
  }
  return channels;
}
