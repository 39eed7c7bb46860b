import * as tf from '@tensorflow/tfjs-core';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';
import { addendFor } from './addend.js';

export interface PreActivationOptions {
  /** Of the 3x3 convolution, in `PreActivationBlock` the first, and of the shortcut. Default 1. */
  stride?: number;
  /** A 1x1 convolution of the normalised input in place of the identity. Default: where stride isn't 1. */
  projection?: boolean;
}

/**
 * Two 3x3 convolutions, each behind its normalisation and ReLU, so that nothing lies on the way from sum to sum.
 *
 * Where the shape changes, the shortcut is a bare 1x1 convolution of the normalised input, as in timm's `resnetv2` and in wide ResNets.
 * Source: He et al., "Identity Mappings in Deep Residual Networks" (arXiv 1603.05027), figure 1b; Zagoruyko & Komodakis (arXiv 1605.07146).
 */
export class PreActivationBlock extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'PreActivationBlock';
  readonly shortcut: Conv2d | undefined;
  readonly bn1: BatchNorm2d;
  readonly conv1: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv2: Conv2d;

  /** @param channels of the output */
  constructor(channels: number, { stride = 1, projection = stride !== 1 }: PreActivationOptions = {}) {
    super();
    this.shortcut = projection ? new Conv2d(channels, 1, { stride, bias: false }) : undefined;
    this.bn1 = new BatchNorm2d();
    this.conv1 = new Conv2d(channels, 3, { padding: 1, stride, bias: false });
    this.bn2 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1, bias: false });
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const active = this.bn1.forward(x, mode, { activation: 'relu' }); // [B, H, W, Cin]
    const hidden = this.bn2.forward(this.conv1.forward(active), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    const branch = this.conv2.forward(hidden); // [B, H/s, W/s, C]
    return tf.add(branch, addendFor(branch, this.shortcut?.forward(active) ?? x, 'projection'));
  }
}

/**
 * 1x1, 3x3, 1x1, each behind its normalisation and ReLU; the output has four times `channels`.
 *
 * Source: He et al. (arXiv 1603.05027), section 5; timm 1.0.31, `PreActBottleneck`.
 */
export class PreActivationBottleneck extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'PreActivationBottleneck';
  static readonly expansion: number = 4;
  readonly shortcut: Conv2d | undefined;
  readonly bn1: BatchNorm2d;
  readonly conv1: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly conv3: Conv2d;

  /** @param channels a quarter of the output's, as in the rows of the papers' tables */
  constructor(channels: number, { stride = 1, projection = stride !== 1 }: PreActivationOptions = {}) {
    super();
    this.shortcut = projection ? new Conv2d(4 * channels, 1, { stride, bias: false }) : undefined;
    this.bn1 = new BatchNorm2d();
    this.conv1 = new Conv2d(channels, 1, { bias: false });
    this.bn2 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1, stride, bias: false });
    this.bn3 = new BatchNorm2d();
    this.conv3 = new Conv2d(4 * channels, 1, { bias: false });
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, 4 channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const active = this.bn1.forward(x, mode, { activation: 'relu' }); // [B, H, W, Cin]
    const narrow = this.bn2.forward(this.conv1.forward(active), mode, { activation: 'relu' }); // [B, H, W, C]
    const seen = this.bn3.forward(this.conv2.forward(narrow), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    const branch = this.conv3.forward(seen); // [B, H/s, W/s, 4 C]
    return tf.add(branch, addendFor(branch, this.shortcut?.forward(active) ?? x, 'projection'));
  }
}
