import type { TrainingBackend } from '../backend.js';
import type { Bindable } from '../dispatch.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import { inFours } from '../matrix/inFours.js';
import { tileConstants, tileFor } from '../matrix/tileSize.js';
import tiles from '../matrix/tiles.wgsl';
import type { Shader } from '../shader.js';
import forward from './forward.wgsl';
import { type ConvolutionShape, shapeParameters } from './shape.js';

const shader = {
  name: 'convolution',
  code: [tiles, forward, eachWorkgroup],
  inputs: { x: 'stored', filters: 'f32', filters4: 'vec4f', bias: 'f32', bias4: 'vec4f' },
  outputs: { y: 'stored', y4: 'vec4stored' },
  parameters: { ...shapeParameters, positions: 'u32' },
} satisfies Shader;

/** y [B,Ho,Wo,Cout]. */
export function convolve(
  backend: TrainingBackend,
  shape: ConvolutionShape,
  tensors: { x: Bindable; filter: Bindable; bias: Bindable; y: Bindable },
): void {
  const { x, filter: filters, bias, y } = tensors;
  const tile = tileFor(shape.outputs, backend.tileSizes);
  const positions = shape.pictures * shape.rows * shape.columns;
  const rowTiles = Math.ceil(positions / tile.rows);
  const columnTiles = Math.ceil(shape.outputs / tile.columns);
  const workgroups = shape.groups * rowTiles * columnTiles;
  const areFours = shape.outputs % 4 === 0;
  backend.dispatch(shader, {
    tensors: { x, ...inFours(areFours, { filters, bias, y }) },
    parameters: { ...shape, positions, rowTiles, columnTiles, tiles: workgroups },
    constants: { ...tileConstants(tile), FOURS: areFours, HAS_BIAS: bias !== undefined },
    workgroups,
  });
}
