import type { Size } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { Module } from '../module.js';
import { Conv2d, type Conv2dLayerOptions } from './conv2d.js';

/** Convolution and ReLU, without normalisation: the unit of networks before it. */
export class ConvReLU extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'ConvReLU';
  readonly conv: Conv2d;

  /** @param channels of the output */
  constructor(channels: number, kernelSize: Size, options: Conv2dLayerOptions = {}) {
    super();
    this.conv = new Conv2d(channels, kernelSize, options);
  }

  /** Of the output. */
  get channels(): number {
    return this.conv.channels;
  }

  /** @param x [B, H, W, Cin]; returns [B, Ho, Wo, channels] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.relu(this.conv.forward(x));
  }
}
