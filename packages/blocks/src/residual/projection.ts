import type * as tf from '@tensorflow/tfjs-core';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';

/** A shortcut that changes the shape: 1x1 convolution and batch normalisation. */
export class Projection extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'Projection';
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(channels: number, { stride, bias }: { stride: number; bias: boolean }) {
    super();
    this.conv = new Conv2d(channels, 1, { stride, bias });
    this.bn = new BatchNorm2d();
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return this.bn.forward(this.conv.forward(x), mode);
  }
}
