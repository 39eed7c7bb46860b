import type { TrainingBackend } from '../backend.js';
import type { Bindable } from '../dispatch.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import { inFours } from '../matrix/inFours.js';
import { tileConstants, tileFor } from '../matrix/tileSize.js';
import tiles from '../matrix/tiles.wgsl';
import type { Shader } from '../shader.js';
import inputGradient from './inputGradient.wgsl';
import { type ConvolutionShape, shapeParameters } from './shape.js';

const shader = {
  name: 'convolutionInputGradient',
  code: [tiles, inputGradient, eachWorkgroup],
  inputs: { dy: 'f32', filters: 'f32', addend: 'f32', addend4: 'vec4f' },
  outputs: { dx: 'f32', dx4: 'vec4f' },
  parameters: { ...shapeParameters, pictures: 'u32' },
} satisfies Shader;

/** dx [B,H,W,Cin], plus an addend of the same shape where there is one. */
export function convolveInputGradient(
  backend: TrainingBackend,
  shape: ConvolutionShape,
  tensors: { dy: Bindable; filter: Bindable; dx: Bindable; addend: Bindable },
): void {
  const { dy, filter: filters, dx, addend } = tensors;
  const tile = tileFor(shape.channels, backend.tileSizes);
  const { pictures, height, width, strideRows, strideColumns } = shape;
  // The first phase has the most positions.
  const positions = pictures * Math.ceil(height / strideRows) * Math.ceil(width / strideColumns);
  const rowTiles = Math.ceil(positions / tile.rows);
  const columnTiles = Math.ceil(shape.channels / tile.columns);
  const workgroups = shape.groups * strideRows * strideColumns * rowTiles * columnTiles;
  const areFours = shape.channels % 4 === 0;
  backend.dispatch(shader, {
    tensors: { dy, filters, ...inFours(areFours, { dx, addend }) },
    parameters: { ...shape, rowTiles, columnTiles, tiles: workgroups },
    constants: { ...tileConstants(tile), FOURS: areFours, HAS_ADDEND: addend !== undefined },
    workgroups,
  });
}
