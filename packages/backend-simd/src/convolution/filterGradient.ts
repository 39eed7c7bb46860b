import type { SimdBackend } from '../backend.js';
import { panelWidth } from '../matrix/gemm.js';
import { convolutionAlgorithm, SQUARE_SIZE } from './algorithm.js';
import type { ConvolutionShape, FilterGradientTensors } from './shape.js';
import { type Windows, windowView } from './windows.js';
import { winogradFilterGradient } from './winogradFilterGradient.js';

/** Rows of a tile: assembly/tile.ts. */
const TILE_ROWS = 6;
/** Positions of a block: the panel of dy that goes with them stays in the first-level cache. */
const BLOCK_POSITIONS = 320;
/** Channels of x that an item of work copies - with a border, for 300 positions, some 100 KB - and channels of dy that share it. */
const SLICE = { channels: 64, outputs: 128 };
/** Where x is packed: the more share what is packed the better, as long as both stay in the second-level cache. */
const PACKED_SLICES = [
  { channels: 256, outputs: 256 },
  { channels: 128, outputs: 256 },
  { channels: 128, outputs: 128 },
  SLICE,
];
/** Fewer aren't worth packing x for. */
const FEWEST_PACKED = { channels: 32, outputs: 64 };
/** Items of work for each thread: enough for the last ones to end at about the same time. */
const ITEMS_PER_THREAD = 4;
/** Chunks and slices wanted, so that some threads find enough to share... */
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
  const inPlace = windowView(windows);
  const sum = splitSum(shape);
  const { blockImages, blockRows, chunks } = sum;
  const packed = inPlace.window === undefined && isWorthPacking(shape);
  const { sliceChannels, sliceOutputs } = packed ? packedSlice(shape, chunks, backend.threads) : sum;
  const a = inPlace.window === undefined ? inPlace : windowView({ ...windows, pixel: sliceChannels });
  const { window } = a;
  const windowFloats =
    window === undefined ? 0 : ((blockRows - 1) * window.stride + window.span) * a.steps.tapRow;
  const panel = panelWidth(backend, outputs);
  const taps = tapRows * tapColumns;
  const blockPositions = blockImages * blockRows * columns;
  const itemRows = taps * Math.min(sliceChannels, channels);
  const partWidth = Math.ceil(sliceOutputs / panel) * panel;
  const packedFloats = packed ? Math.ceil(itemRows / TILE_ROWS) * TILE_ROWS * blockPositions : 0;
  const tables = 2 * blockPositions + 2 * itemRows;
  const floats = tables + 16 + blockPositions * partWidth + packedFloats + blockImages * windowFloats;
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
    ...[blockImages, blockRows, chunks, sliceChannels, sliceOutputs, partWidth, packed ? 1 : 0],
    ...cutSlices(shape, { sliceChannels, sliceOutputs }, chunks, backend.threads),
  );
  if (chunks > 1) backend.run({ kernel: 'sumChunks', work: chunks * length }, sums, dFilter, chunks, length);
}

interface Slice {
  sliceChannels: number;
  sliceOutputs: number;
}

interface Split extends Slice {
  blockImages: number;
  blockRows: number;
  chunks: number;
}

/** How the sum is cut up: blocks and chunks decide its order, so this must depend on nothing but the shape. */
function splitSum(shape: ConvolutionShape): Split {
  const { images, rows, columns, tapRows, tapColumns } = shape;
  const perImage = rows * columns;
  const blockImages =
    perImage > BLOCK_POSITIONS ? 1 : Math.min(images, Math.floor(BLOCK_POSITIONS / perImage));
  const bands = Math.ceil(rows / Math.max(1, Math.floor(BLOCK_POSITIONS / columns)));
  const blockRows = perImage > BLOCK_POSITIONS ? Math.ceil(rows / bands) : rows;
  const blocks = Math.ceil(images / blockImages) * Math.ceil(rows / blockRows);

  const slice = sliceOf(shape, SLICE);
  const filterBytes = (4 * tapRows * tapColumns * shape.pixel * shape.outputs) / shape.groups;
  const wanted = Math.ceil(ITEMS / countSlices(shape, slice));
  const chunks = Math.max(1, Math.min(wanted, blocks, Math.floor(CHUNK_BYTES / filterBytes)));
  return { blockImages, blockRows, chunks, ...slice };
}

/** What an item computes of the filter's channels and outputs: at most so many, in even parts of a group or in whole groups. */
function sliceOf(shape: ConvolutionShape, most: { channels: number; outputs: number }): Slice {
  const { groups } = shape;
  const channels = shape.pixel / groups;
  const slicesPerGroup = Math.ceil(channels / most.channels);
  const groupsPerSlice = Math.max(1, Math.min(groups, Math.floor(most.channels / channels)));
  // A slice must not end inside a group that it doesn't begin.
  const sliceChannels = slicesPerGroup > 1 ? evenSlice(channels, slicesPerGroup) : groupsPerSlice * channels;
  return { sliceChannels, sliceOutputs: Math.min(shape.outputs / groups, most.outputs) };
}

function countSlices({ pixel, outputs, groups }: ConvolutionShape, slice: Slice): number {
  return Math.ceil(pixel / slice.sliceChannels) * Math.ceil(outputs / groups / slice.sliceOutputs);
}

function isWorthPacking({ pixel, outputs, groups, tapRows, tapColumns }: ConvolutionShape): boolean {
  const { channels, outputs: columns } = FEWEST_PACKED;
  return tapRows * tapColumns === 1 && pixel / groups >= channels && outputs / groups >= columns;
}

/** The largest slices of which every thread finds some: a matter of speed only. */
function packedSlice(shape: ConvolutionShape, chunks: number, threads: number): Slice {
  const slices = PACKED_SLICES.map((most) => sliceOf(shape, most));
  const isEnough = (slice: Slice) =>
    threads === 1 || chunks * countSlices(shape, slice) >= threads * ITEMS_PER_THREAD;
  return slices.find(isEnough) ?? slices.at(-1)!;
}

/** How many of the last slices are cut, and in how many pieces, so that the threads end at about the same time. */
function cutSlices(shape: ConvolutionShape, slice: Slice, chunks: number, threads: number): [number, number] {
  const pieces = slice.sliceChannels / SLICE.channels;
  if (
    threads === 1 ||
    pieces < 2 ||
    !Number.isInteger(pieces) ||
    slice.sliceChannels > shape.pixel / shape.groups
  )
    return [0, 1];
  return [Math.min(threads, chunks * countSlices(shape, slice)), pieces];
}

/** The largest equal slice that `slices` or a few more of them make; channels in odd numbers stay in one slice. */
function evenSlice(channels: number, slices: number): number {
  for (let count = slices; count <= 2 * slices; count++) {
    if (channels % count === 0) return channels / count;
  }
  return channels;
}
