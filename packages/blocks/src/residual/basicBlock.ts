import type * as tf from '@tensorflow/tfjs-core';
import { type Initializer, ones } from '../initializers.js';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';
import { addendFor } from './addend.js';
import { Projection } from './projection.js';

export interface BasicBlockOptions {
  /** Of the first convolution and the shortcut. Default 1. */
  stride?: number;
  /** A projection shortcut (1x1 convolution and batch normalisation) in place of the identity. Default: where stride isn't 1. */
  projection?: boolean;
  /** Scale of the last batch normalisation. Default ones; `zeros` starts the block as the identity (arXiv 1706.02677). */
  lastScale?: Initializer;
}

/**
 * torchvision's block of two 3x3 convolutions (ResNet-18 and 34). No convolution has a bias.
 * Source: He et al. (arXiv 1512.03385), figure 5 left.
 */
export class BasicBlock extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'BasicBlock';
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly shortcut: Projection | undefined;

  /** @param channels of the output */
  constructor(
    channels: number,
    { stride = 1, projection = stride !== 1, lastScale = ones }: BasicBlockOptions = {},
  ) {
    super();
    this.conv1 = new Conv2d(channels, 3, { padding: 1, stride, bias: false });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d({ scaleInitializer: lastScale });
    this.shortcut = projection ? new Projection(channels, { stride, bias: false }) : undefined;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const hidden = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    const branch = this.conv2.forward(hidden); // [B, H/s, W/s, C]
    const shortcut = this.shortcut?.forward(x, mode) ?? x;
    const addend = addendFor(branch, shortcut, 'projection');
    return this.bn2.forward(branch, mode, { addend, activation: 'relu' });
  }
}
