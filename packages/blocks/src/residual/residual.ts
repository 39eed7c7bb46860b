import type * as tf from '@tensorflow/tfjs-core';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';
import { addendFor } from './addend.js';

export interface ResidualOptions {
  /** Passes the input through a 1x1 convolution, so that it can be added in another shape. Default false. */
  use1x1conv?: boolean;
  /** Of the first 3x3 and of the 1x1 convolution. Default 1. */
  strides?: number;
}

/**
 * The chapter's residual block: relu(bn(conv(relu(bn(conv(x))))) + x).
 *
 * Every convolution has a bias, and the shortcut's has no batch normalisation.
 * Source: Dive into Deep Learning 1.0.3, section 8.6.2; He et al. (arXiv 1512.03385), figure 2.
 */
export class Residual extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'Residual';
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly shortcut: Conv2d | undefined;

  /** @param channels of the output, and of the input unless `use1x1conv` */
  constructor(channels: number, { use1x1conv = false, strides = 1 }: ResidualOptions = {}) {
    super();
    this.conv1 = new Conv2d(channels, 3, { padding: 1, stride: strides });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1 });
    this.bn2 = new BatchNorm2d();
    this.shortcut = use1x1conv ? new Conv2d(channels, 1, { stride: strides }) : undefined;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const hidden = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    const branch = this.conv2.forward(hidden); // [B, H/s, W/s, C]
    const shortcut = this.shortcut?.forward(x) ?? x;
    const addend = addendFor(branch, shortcut, 'use1x1conv');
    return this.bn2.forward(branch, mode, { addend, activation: 'relu' });
  }
}
