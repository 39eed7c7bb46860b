import type { Bindable, TrainingBackend } from '../backend.js';
import { tileConstants, tileFor } from '../matrix/tileSize.js';
import tiles from '../matrix/tiles.wgsl';
import type { Shader } from '../shader.js';
import forward from './forward.wgsl';
import { type ConvolutionShape, shapeParameters } from './shape.js';

const shader = {
  name: 'convolution',
  code: [tiles, forward],
  inputs: { x: 'f32', filters: 'f32', bias: 'f32' },
  outputs: { y: 'f32' },
  parameters: { ...shapeParameters, positions: 'u32' },
} satisfies Shader;

/** y [B,Ho,Wo,Cout]. */
export function convolve(
  backend: TrainingBackend,
  shape: ConvolutionShape,
  tensors: { x: Bindable; filter: Bindable; bias: Bindable; y: Bindable },
): void {
  const { x, filter: filters, bias, y } = tensors;
  const tile = tileFor(shape.outputs, backend.tileSize);
  const positions = shape.pictures * shape.rows * shape.columns;
  const rowTiles = Math.ceil(positions / tile.rows);
  const columnTiles = Math.ceil(shape.outputs / tile.columns);
  const workgroups = shape.groups * rowTiles * columnTiles;
  backend.dispatch(shader, {
    tensors: { x, filters, bias, y },
    parameters: { ...shape, positions, rowTiles, columnTiles, tiles: workgroups },
    constants: { ...tileConstants(tile), HAS_BIAS: bias !== undefined },
    workgroups,
  });
}
