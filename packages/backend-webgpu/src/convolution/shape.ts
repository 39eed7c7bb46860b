import type { KernelParams } from '@residual/ops';
import { unsigned } from '../shader.js';

/** The sizes of a convolution, in words that forward and both gradients share. */
export interface ConvolutionShape {
  pictures: number;
  height: number;
  width: number;
  /** Of the output. */
  rows: number;
  columns: number;
  tapRows: number;
  tapColumns: number;
  strideRows: number;
  strideColumns: number;
  paddingRows: number;
  paddingColumns: number;
  groups: number;
  /** Input and output channels of one group. */
  channels: number;
  outputs: number;
}

type Shape4D = [number, number, number, number];

/** What a convolution of `@residual/ops` is asked for. */
export type ConvolutionAttributes = KernelParams<'residual/conv2d'>['attrs'];

/** Of x [B,H,W,Cin], a filter [kh,kw,Cin/groups,Cout] and y [B,Ho,Wo,Cout]. */
export function convolutionShape(
  x: number[],
  filter: number[],
  y: number[],
  { stride, padding, groups }: ConvolutionAttributes,
): ConvolutionShape {
  const [pictures, height, width] = x as Shape4D;
  const [tapRows, tapColumns, channels, allOutputs] = filter as Shape4D;
  const [, rows, columns] = y as Shape4D;
  return {
    ...{ pictures, height, width, rows, columns, tapRows, tapColumns },
    ...{ strideRows: stride[0], strideColumns: stride[1] },
    ...{ paddingRows: padding[0], paddingColumns: padding[1] },
    ...{ groups, channels, outputs: allOutputs / groups },
  };
}

/** The parameters that all three shaders read, beside how the work is cut. */
export const shapeParameters = unsigned(
  ...(['height', 'width', 'rows', 'columns', 'tapRows', 'tapColumns'] as const),
  ...(['strideRows', 'strideColumns', 'paddingRows', 'paddingColumns'] as const),
  ...(['groups', 'channels', 'outputs', 'rowTiles', 'columnTiles', 'tiles'] as const),
);
