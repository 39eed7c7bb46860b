import type { TrainingBackend } from '../backend.js';
import type { Bindable } from '../dispatch.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import { inFours } from '../matrix/inFours.js';
import { tileConstants, tileFor } from '../matrix/tileSize.js';
import tiles from '../matrix/tiles.wgsl';
import type { Shader } from '../shader.js';
import filterGradient from './filterGradient.wgsl';
import { type ConvolutionShape, shapeParameters } from './shape.js';
import sumSplits from './sumSplits.wgsl';

const shader = {
  name: 'convolutionFilterGradient',
  code: [tiles, filterGradient, eachWorkgroup],
  inputs: { x: 'stored', x4: 'vec4stored', dy: 'f32', dy4: 'vec4f' },
  outputs: { dFilter: 'f32', dFilter4: 'vec4f', dBias: 'f32' },
  parameters: { ...shapeParameters, positions: 'u32', positionsPerSplit: 'u32' },
} satisfies Shader;

const sumShader = {
  name: 'convolutionFilterGradientSum',
  code: [sumSplits, eachWorkgroup],
  inputs: { partialFilter: 'f32', partialBias: 'f32' },
  outputs: { dFilter: 'f32', dBias: 'f32' },
  parameters: { filterSize: 'u32', biasSize: 'u32', splits: 'u32' },
} satisfies Shader;

/** More would fill a large GPU better, but each split writes and reads a whole filter. */
const WORKGROUPS = 256;
const LEAST_POSITIONS = 512;
const MOST_PARTIAL_ELEMENTS = 2 ** 24; // 64 MiB

/** dFilter [kh,kw,Cin/groups,Cout], and the sum of dy over all positions, dBias [Cout], where it is given. */
export function convolveFilterGradient(
  backend: TrainingBackend,
  shape: ConvolutionShape,
  { x, dy, dFilter, dBias }: { x: Bindable; dy: Bindable; dFilter: Bindable; dBias: Bindable },
): void {
  const tile = tileFor(shape.outputs, backend.tileSizes);
  const depth = shape.tapRows * shape.tapColumns * shape.channels;
  const biasSize = shape.groups * shape.outputs;
  const filterSize = depth * biasSize;
  const positions = shape.pictures * shape.rows * shape.columns;
  const splits = splitsOf(shape, positions, filterSize);
  const positionsPerSplit = Math.ceil(positions / splits);
  const rowTiles = Math.ceil(depth / tile.rows);
  const columnTiles = Math.ceil(shape.outputs / tile.columns);
  const workgroups = splits * shape.groups * rowTiles * columnTiles;
  const fourChannels = shape.channels % 4 === 0;
  const fourOutputs = shape.outputs % 4 === 0;
  const constants = {
    ...tileConstants(tile),
    ...{ FOUR_CHANNELS: fourChannels, FOUR_OUTPUTS: fourOutputs, HAS_BIAS: dBias !== undefined },
  };
  const parameters = { ...shape, positions, positionsPerSplit, rowTiles, columnTiles, tiles: workgroups };
  const run = (filterOut: Bindable, biasOut: Bindable) =>
    backend.dispatch(shader, {
      tensors: {
        ...inFours(fourChannels, { x }),
        ...inFours(fourOutputs, { dy, dFilter: filterOut }),
        dBias: biasOut,
      },
      ...{ parameters, constants, workgroups },
    });
  if (splits === 1) {
    run(dFilter, dBias);
    return;
  }
  backend.scratch(4 * splits * filterSize, (partialFilter) =>
    backend.scratch(4 * splits * biasSize, (partialBias) => {
      const bias = dBias && partialBias;
      run(partialFilter, bias);
      backend.dispatch(sumShader, {
        tensors: { partialFilter, partialBias: bias, dFilter, dBias },
        parameters: { filterSize, biasSize, splits },
        constants: { HAS_BIAS: dBias !== undefined },
        workgroups: Math.ceil((filterSize + biasSize) / 32),
      });
    }),
  );
}

/** A function of the shape alone: it decides the order of the sum, and so the bits. */
function splitsOf(
  { groups, outputs, tapRows, tapColumns, channels }: ConvolutionShape,
  positions: number,
  filterSize: number,
): number {
  const tilesWithoutSplit =
    groups * Math.ceil((tapRows * tapColumns * channels) / 64) * Math.ceil(outputs / 64);
  const wanted = Math.min(Math.ceil(WORKGROUPS / tilesWithoutSplit), Math.ceil(positions / LEAST_POSITIONS));
  const splits = Math.max(1, Math.min(wanted, Math.floor(MOST_PARTIAL_ELEMENTS / filterSize)));
  return Math.ceil(positions / Math.ceil(positions / splits)); // no split is empty
}
