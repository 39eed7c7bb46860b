import type * as tf from '@tensorflow/tfjs-core';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';

/**
 * The plain twin of `BasicBlock`: the same two 3x3 convolutions without a shortcut around them.
 *
 * Source: He et al. (arXiv 1512.03385), section 3.3, "Plain Network".
 */
export class PlainBlock extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'PlainBlock';
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;

  /** @param channels of the output; `stride` of the first convolution, default 1 */
  constructor(channels: number, { stride = 1 }: { stride?: number } = {}) {
    super();
    this.conv1 = new Conv2d(channels, 3, { padding: 1, stride, bias: false });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d();
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const hidden = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    return this.bn2.forward(this.conv2.forward(hidden), mode, { activation: 'relu' });
  }
}
