import { globalAveragePool, maxPool2d, type Size } from '@residual/ops';
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

/** The mean of each channel over the picture, flattened. */
export class GlobalAveragePool extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'GlobalAveragePool';
  /** @param x [B, H, W, C]; returns [B, C] */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    return globalAveragePool(x);
  }
}
