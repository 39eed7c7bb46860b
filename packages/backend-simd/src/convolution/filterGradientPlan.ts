import type { ConvolutionShape } from './shape.js';

/** Positions of a block: the panel of dy that goes with them stays in the first-level cache. */
const BLOCK_POSITIONS = 320;
/**
 * Channels of x that an item of work copies - with a border, for 300 positions, some 100 KB - and channels of dy that share it;
 * fewer only where there are more threads than so large items.
 */
export const SLICES = [
  { channels: 64, outputs: 128 },
  { channels: 64, outputs: 64 },
  { channels: 32, outputs: 64 },
  { channels: 32, outputs: 32 },
] as const;
/** Where x is packed: the more share what is packed the better, as long as both stay in the second-level cache. */
const PACKED_SLICES = [
  { channels: 256, outputs: 256 },
  { channels: 128, outputs: 256 },
  { channels: 128, outputs: 128 },
  ...SLICES,
] as const;
/** Fewer aren't worth packing x for. */
const FEWEST_PACKED = { channels: 32, outputs: 64 };
/** Items of work for each thread: enough for the last ones to end at about the same time. */
const ITEMS_PER_THREAD = 4;
/** Chunks and slices wanted, so that some threads find enough to share... */
const ITEMS = 32;
/** ...as long as all chunks' results together stay small. */
const CHUNK_BYTES = 8 * 1024 * 1024;

interface Slice {
  sliceChannels: number;
  sliceOutputs: number;
}

interface Sum {
  blockImages: number;
  blockRows: number;
  chunks: number;
}

/** How a filter gradient is computed. */
export interface FilterGradientPlan extends Sum, Slice {
  /** Whether x is packed. */
  packed: boolean;
  /** How many of the last items are cut, and in how many pieces, so that the threads end at about the same time. */
  cutSlices: number;
  pieces: number;
  /** Items of work, pieces included. */
  items: number;
}

/** @param inPlace whether no window leaves its picture */
export function planFilterGradient(
  shape: ConvolutionShape,
  { inPlace, threads }: { inPlace: boolean; threads: number },
): FilterGradientPlan {
  const sum = splitSum(shape);
  const packed = inPlace && isWorthPacking(shape);
  const slices = (packed ? PACKED_SLICES : SLICES).map((most) => sliceOf(shape, most));
  const slice = largestSlice(slices, (one) => sum.chunks * countSlices(shape, one), threads);
  const whole = sum.chunks * countSlices(shape, slice);
  const pieces = packed && threads > 1 ? piecesOf(shape, slice) : 1;
  const cutSlices = pieces === 1 ? 0 : Math.min(threads, whole);
  return { ...sum, ...slice, packed, cutSlices, pieces, items: whole + cutSlices * (pieces - 1) };
}

/** How the sum is cut up: blocks and chunks decide its order, so this must depend on nothing but the shape. */
function splitSum(shape: ConvolutionShape): Sum {
  const { images, rows, columns, tapRows, tapColumns } = shape;
  const perImage = rows * columns;
  const blockImages =
    perImage > BLOCK_POSITIONS ? 1 : Math.min(images, Math.floor(BLOCK_POSITIONS / perImage));
  const bands = Math.ceil(rows / Math.max(1, Math.floor(BLOCK_POSITIONS / columns)));
  const blockRows = perImage > BLOCK_POSITIONS ? Math.ceil(rows / bands) : rows;
  const blocks = Math.ceil(images / blockImages) * Math.ceil(rows / blockRows);

  const filterBytes = (4 * tapRows * tapColumns * shape.pixel * shape.outputs) / shape.groups;
  const wanted = Math.ceil(ITEMS / countSlices(shape, sliceOf(shape, SLICES[0])));
  const chunks = Math.max(1, Math.min(wanted, blocks, Math.floor(CHUNK_BYTES / filterBytes)));
  return { blockImages, blockRows, chunks };
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

/** The first of some slices, from large to small, of which every thread finds some: a matter of speed only. */
export function largestSlice<S>(slices: readonly S[], countItems: (slice: S) => number, threads: number): S {
  const isEnough = (slice: S) => threads === 1 || countItems(slice) >= threads * ITEMS_PER_THREAD;
  return slices.find(isEnough) ?? slices.at(-1)!;
}

/** How many pieces a slice can be cut in: of the channels of {@link SLICES}. */
function piecesOf({ pixel, groups }: ConvolutionShape, { sliceChannels }: Slice): number {
  const pieces = sliceChannels / SLICES[0].channels;
  return pieces > 1 && Number.isInteger(pieces) && sliceChannels <= pixel / groups ? pieces : 1;
}

/** The largest equal slice that `slices` or a few more of them make; channels in odd numbers stay in one slice. */
function evenSlice(channels: number, slices: number): number {
  for (let count = slices; count <= 2 * slices; count++) {
    if (channels % count === 0) return channels / count;
  }
  return channels;
}
