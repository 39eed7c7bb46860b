import type * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers.js';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';

interface ThreeConvolutionsOptions {
  /** Channels of the output. */
  channels: number;
  /** Channels of the 3x3 convolution. */
  width: number;
  groups: number;
  stride: number;
  bias: boolean;
  lastScale: Initializer;
}

/**
 * 1x1, grouped 3x3 with the stride, 1x1, each batch-normalised: the branch that `Bottleneck`, `ResNeXtBlock` and `ComposedBottleneck`
 * have in common. Source: He et al. (arXiv 1512.03385), figure 5 right; Xie et al. (arXiv 1611.05431), figure 3c.
 */
export abstract class ThreeConvolutions extends Module<tf.Tensor4D, tf.Tensor4D> {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;

  constructor({ channels, width, groups, stride, bias, lastScale }: ThreeConvolutionsOptions) {
    super();
    this.conv1 = new Conv2d(width, 1, { bias });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(width, 3, { stride, padding: 1, groups, bias });
    this.bn2 = new BatchNorm2d();
    this.conv3 = new Conv2d(channels, 1, { bias });
    this.bn3 = new BatchNorm2d({ scaleInitializer: lastScale });
  }

  /** What `bn3` normalises while a shortcut is added. @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  protected branch(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const narrow = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H, W, width]
    const seen = this.bn2.forward(this.conv2.forward(narrow), mode, { activation: 'relu' }); // [B, H/s, W/s, width]
    return this.conv3.forward(seen);
  }
}
