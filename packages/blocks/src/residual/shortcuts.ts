import { averagePool2d, maxPool2d } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';
import { type Mode, Module } from '../module.js';
import { Projection } from './projection.js';

/**
 * A shortcut without parameters: every `stride`-th pixel, and zeros for the channels that the input hasn't, after its own.
 *
 * Source: He et al. (arXiv 1512.03385), section 3.3, option A.
 */
export class PaddedShortcut extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'PaddedShortcut';
  readonly stride: number;

  /** @param channels of the output, at least those of the input */
  constructor(
    readonly channels: number,
    { stride }: { stride: number },
  ) {
    super();
    this.stride = stride;
  }

  /** @param x [B, H, W, Cin]; returns [B, ceil(H/s), ceil(W/s), channels] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { channels, stride } = this;
    const y = stride === 1 ? x : maxPool2d(x, { kernelSize: 1, stride }); // [B, H/s, W/s, Cin]
    const [batch, height, width, inputs] = y.shape;
    if (inputs > channels) {
      throw new BlocksError('SHAPE', {
        where: 'PaddedShortcut: channels',
        expected: `at least the input's ${inputs}`,
        received: String(channels),
        fix: 'Use a Projection where a block gives fewer channels.',
      });
    }
    if (inputs === channels) return y;
    return tf.concat([y, tf.fill<tf.Rank.R4>([batch, height, width, channels - inputs], 0)], 3);
  }
}

/**
 * ResNet-D's shortcut: the mean of each stride x stride window, then a projection of stride 1. No pixel is passed over.
 *
 * Source: He et al., "Bag of Tricks" (arXiv 1812.01187), figure 2c; timm 1.0.31, `downsample_avg`.
 */
export class AveragedProjection extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'AveragedProjection';
  readonly projection: Projection;
  readonly stride: number;

  /** @param channels of the output */
  constructor(channels: number, { stride }: { stride: number }) {
    super();
    this.projection = new Projection(channels, { stride: 1, bias: false });
    this.stride = stride;
  }

  /** @param x [B, H, W, Cin]; returns [B, ceil(H/s), ceil(W/s), channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const { stride } = this;
    // A window at an odd picture's edge is the mean of what is inside.
    const options = { kernelSize: stride, ceilMode: true, countIncludePad: false };
    const means = stride === 1 ? x : averagePool2d(x, options); // [B, H/s, W/s, Cin]
    return this.projection.forward(means, mode);
  }
}
