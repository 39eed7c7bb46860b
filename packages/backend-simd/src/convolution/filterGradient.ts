import type { SimdBackend } from '../backend.js';
import { panelWidth } from '../matrix/gemm.js';
import { float } from '../memory.js';
import { convolutionAlgorithm, SQUARE_SIZE } from './algorithm.js';
import { planFilterGradient } from './filterGradientPlan.js';
import type { ConvolutionShape, FilterGradientTensors } from './shape.js';
import { type Windows, windowView } from './windows.js';
import { winogradFilterGradient } from './winogradFilterGradient.js';

/** Rows of a tile: assembly/tile.ts. */
const TILE_ROWS = 6;

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
    backend.run({ kernel: 'fill', work: length }, dFilter, length, float(0));
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
  const plan = planFilterGradient(shape, { inPlace: inPlace.window === undefined, threads: backend.threads });
  const { blockImages, blockRows, chunks, sliceChannels, sliceOutputs, packed } = plan;
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
  const zeros = backend.constants(4 * panel, (to) => backend.floats.fill(0, to / 4, to / 4 + panel));
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
    ...[blockImages, blockRows, chunks, sliceChannels, sliceOutputs, partWidth],
    ...[packed ? 1 : 0, plan.cutSlices, plan.pieces],
  );
  if (chunks > 1) backend.run({ kernel: 'sumChunks', work: chunks * length }, sums, dFilter, chunks, length);
}
