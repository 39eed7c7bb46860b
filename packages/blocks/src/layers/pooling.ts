import { adaptiveAveragePool2d, globalAveragePool, maxPool2d, type Size } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { Module } from '../module.js';

/** Max-pooling with symmetric padding. */
export class MaxPool2d extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'MaxPool2d';
  readonly stride: Size;
  readonly padding: Size;

  /** @param options.stride Default: the kernel size. `options.padding` Default 0. */
  constructor(
    readonly kernelSize: Size,
    { stride = kernelSize, padding = 0 }: { stride?: Size; padding?: Size } = {},
  ) {
    super();
    this.stride = stride;
    this.padding = padding;
  }

  /** @param x [B, H, W, C]; returns [B, Ho, Wo, C] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { kernelSize, stride, padding } = this;
    return maxPool2d(x, { kernelSize, stride, padding });
  }
}

/** Max-pooling whose last windows may leave the picture, PyTorch's `ceil_mode`: no row or column is passed over. */
export class CeilMaxPool2d extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'CeilMaxPool2d';
  readonly stride: Size;

  /** @param options.stride Default: the kernel size. */
  constructor(
    readonly kernelSize: Size,
    { stride = kernelSize }: { stride?: Size } = {},
  ) {
    super();
    this.stride = stride;
  }

  /** @param x [B, H, W, C]; returns [B, Ho, Wo, C] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { kernelSize, stride } = this;
    return maxPool2d(x, { kernelSize, stride, ceilMode: true });
  }
}

/** The mean of each channel over the picture, flattened. */
export class GlobalAveragePool extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'GlobalAveragePool';
  /** @param x [B, H, W, C]; returns [B, C] */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    return globalAveragePool(x);
  }
}

/** The means of rectangles that cover the picture, so that pictures of any size become one: PyTorch's `AdaptiveAvgPool2d`. */
export class AdaptiveAveragePool2d extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'AdaptiveAveragePool2d';
  constructor(readonly outputSize: Size) {
    super();
  }

  /** @param x [B, H, W, C]; returns [B, ...outputSize, C] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return adaptiveAveragePool2d(x, this.outputSize);
  }
}
