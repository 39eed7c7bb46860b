import { type KernelParams, windowCount } from '@residual/ops';

/** A 2-D convolution's sizes: x [images, height, width, pixel] and a filter give y [images, rows, columns, outputs]. */
export interface ConvolutionShape {
  images: number;
  height: number;
  width: number;
  /** Channels of x, of all groups. */
  pixel: number;
  rows: number;
  columns: number;
  /** Channels of y, of all groups. */
  outputs: number;
  /** The filter's: [tapRows, tapColumns, pixel / groups, outputs]. */
  tapRows: number;
  tapColumns: number;
  groups: number;
  strides: [number, number];
  /** Zeros above and to the left of x; below and to the right, as many as y's size asks for. */
  padding: [number, number];
  /** Whether the algorithm is to be that of a fixed number of images. */
  batchFree: boolean;
}

/** What a convolution of `@residual/ops` is asked for. */
export type ConvolutionAttributes = KernelParams<'residual/conv2d'>['attrs'];

/** The sizes of a convolution of `@residual/ops`, whose padding is the same on both sides. */
export function convolutionShape(
  xShape: number[],
  filterShape: number[],
  { stride, padding, groups, batchFree = false }: ConvolutionAttributes,
): ConvolutionShape {
  const [images, height, width, pixel] = xShape as [number, number, number, number];
  const [tapRows, tapColumns, , outputs] = filterShape as [number, number, number, number];
  return {
    ...{ images, height, width, pixel, outputs, tapRows, tapColumns, groups, strides: stride, padding },
    batchFree,
    rows: windowCount(height, tapRows, stride[0], padding[0]),
    columns: windowCount(width, tapColumns, stride[1], padding[1]),
  };
}

/** Byte pointers of a filter gradient's tensors. */
export interface FilterGradientTensors {
  x: number;
  dy: number;
  dFilter: number;
}
