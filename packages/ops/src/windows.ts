import * as tf from '@tensorflow/tfjs-core';
import type { Shape4D } from './size.js';

/** How the windows of a convolution or a pooling lie, along height and width; the padding is on both sides. */
export type WindowAttributes = { stride: [number, number]; padding: [number, number] };

/** How many positions a window takes along one axis: floor((length + 2 padding - kernel) / stride) + 1. */
export function windowCount(length: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((length + 2 * padding - kernel) / stride) + 1;
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
  { stride, padding }: WindowAttributes,
  channels: number,
): Shape4D {
  return [
    batch,
    windowCount(height, kh, stride[0], padding[0]),
    windowCount(width, kw, stride[1], padding[1]),
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
