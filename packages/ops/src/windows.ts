import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assertShape.js';
import { OpsError } from './error.js';
import { type Shape4D, type Size, sizeOf } from './size.js';

/** How the windows of a convolution or a pooling lie, along height and width; the padding is on both sides. */
export type WindowAttributes = { stride: [number, number]; padding: [number, number] };

/** How the windows of a pooling lie. */
export type PoolAttributes = WindowAttributes & {
  kernelSize: [number, number];
  /** Whether a last window that leaves the padded picture counts, as far as it begins inside of the picture or its first padding. */
  ceilMode: boolean;
};

/**
 * How many positions a window takes along one axis: floor((length + 2 padding - kernel) / stride) + 1. In `ceilMode` the
 * ceiling, less a window that would begin behind the picture; PyTorch's rule.
 */
export function windowCount(
  length: number,
  kernel: number,
  stride: number,
  padding: number,
  ceilMode = false,
): number {
  const steps = (length + 2 * padding - kernel) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= length + padding ? count - 1 : count;
}

/**
 * The shape of a convolution's or a pooling's result.
 *
 * @param x [B, H, W, *]
 * @param kernelSize height and width of the window
 * @param channels of the result
 * @returns [B, Ho, Wo, channels], see {@link windowCount}
 */
export function windowShape(
  [batch, height, width]: Shape4D,
  [kh, kw]: [number, number],
  { stride, padding, ceilMode }: WindowAttributes & { ceilMode?: boolean },
  channels: number,
): Shape4D {
  return [
    batch,
    windowCount(height, kh, stride[0], padding[0], ceilMode),
    windowCount(width, kw, stride[1], padding[1], ceilMode),
    channels,
  ];
}

/** For each position (i, j) of a window, row by row: the [B,Ho,Wo,C] that the windows see there, of an x already padded. */
export function windows(
  x: tf.Tensor4D,
  [kh, kw]: [number, number],
  [sh, sw]: [number, number],
  outputShape: Shape4D,
): tf.Tensor4D[] {
  const [batch, outputHeight, outputWidth] = outputShape;
  const channels = x.shape[3];
  return Array.from({ length: kh * kw }, (_, position) => {
    const i = Math.floor(position / kw);
    const j = position % kw;
    const end = [batch, i + (outputHeight - 1) * sh + 1, j + (outputWidth - 1) * sw + 1, channels];
    return tf.stridedSlice(x, [0, i, j, 0], end, [1, sh, sw, 1]) as tf.Tensor4D;
  });
}

export interface PoolOptions {
  kernelSize: Size;
  /** Default: the kernel size. */
  stride?: Size;
  /** On both sides; at most half the kernel. Default 0. */
  padding?: Size;
  /** Whether a last window that leaves the padded picture counts: the ceiling in place of the floor. Default false. */
  ceilMode?: boolean;
}

/**
 * Reads how the windows of a pooling lie on x.
 *
 * @throws OpsError `SHAPE` when the picture is smaller than the window, `OPTION` for a bad size.
 */
export function poolAttributes(x: tf.Tensor4D, options: PoolOptions, where: string): PoolAttributes {
  assertShape(x, [null, null, null, null], `${where}: x`, ' (batch, height, width, channels)');
  const kernelSize = sizeOf(options.kernelSize, `${where}: kernelSize`, 1);
  const stride = sizeOf(options.stride ?? options.kernelSize, `${where}: stride`, 1);
  const padding = sizeOf(options.padding ?? 0, `${where}: padding`, 0);
  const attributes = { kernelSize, stride, padding, ceilMode: options.ceilMode ?? false };
  const [, height, width, channels] = x.shape;
  if (padding.some((value, axis) => value > kernelSize[axis]! / 2)) {
    throw new OpsError('OPTION', {
      where: `${where}: padding`,
      expected: `at most half the kernel ${kernelSize.join('x')}`,
      received: padding.join('x'),
      fix: 'Use less padding, or a larger kernel.',
    });
  }
  const [, rows, columns] = windowShape(x.shape, kernelSize, attributes, channels);
  if (rows < 1 || columns < 1) {
    throw new OpsError('SHAPE', {
      where: `${where}: x`,
      expected: `a picture of at least ${kernelSize.join('x')} with padding ${padding.join('x')}`,
      received: `${height}x${width}`,
      fix: 'Use larger pictures, or a smaller kernel.',
    });
  }
  return attributes;
}
