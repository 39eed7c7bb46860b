import { channelConv1d, globalAveragePool } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { kaimingUniform } from '../initializers.js';
import { Linear } from '../layers/linear.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

/**
 * Squeeze-and-excitation's gate: sigmoid(fc2(relu(fc1(mean over the picture)))).
 *
 * Source: Hu et al. (arXiv 1709.01507), equation 3; timm 1.0.31, `SEModule`.
 */
export class SqueezeExcitation extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'SqueezeExcitation';
  readonly fc1: Linear;
  readonly fc2: Linear;

  /** @param channels of the pictures; by default a sixteenth of them, in steps of 8, is between the two layers */
  constructor(channels: number, { squeezed = squeezedChannels(channels) }: { squeezed?: number } = {}) {
    super();
    this.fc1 = new Linear(squeezed);
    this.fc2 = new Linear(channels);
  }

  /** @param x [B, H, W, channels]; returns [B, channels], each in (0, 1) */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    const squeezed = tf.relu(this.fc1.forward(globalAveragePool(x))); // [B, squeezed]
    return tf.sigmoid(this.fc2.forward(squeezed));
  }
}

/** timm's `make_divisible(channels / 16, 8, round_limit=0)`. */
function squeezedChannels(channels: number): number {
  return Math.max(8, Math.floor((channels / 16 + 4) / 8) * 8);
}

/**
 * Efficient channel attention's gate: sigmoid of a convolution along the channels' means over the picture.
 *
 * weight [size, 1, 1]. Source: Wang et al., "ECA-Net" (arXiv 1910.03151), equations 9 and 12; timm 1.0.31, `EcaModule`.
 */
export class EfficientChannelAttention extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'EfficientChannelAttention';
  readonly weight: Parameter;
  readonly size: number;

  /** @param channels of the pictures; by default the filter's odd size follows from them */
  constructor(channels: number, { size = filterSize(channels) }: { size?: number } = {}) {
    super();
    this.weight = new Parameter('weight', kaimingUniform());
    this.size = size;
  }

  /** @param x [B, H, W, channels]; returns [B, channels], each in (0, 1) */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    const weight = this.weight.as([this.size, 1, 1]) as tf.Tensor3D;
    return tf.sigmoid(channelConv1d(globalAveragePool(x), weight));
  }
}

/** |log2(channels) / 2 + 1 / 2|, as the next odd number. */
function filterSize(channels: number): number {
  const size = Math.trunc(Math.abs(Math.log2(channels) + 1) / 2);
  return Math.max(size % 2 === 1 ? size : size + 1, 3);
}
