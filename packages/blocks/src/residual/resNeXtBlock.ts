import type * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';
import { ones } from '../initializers.js';
import type { Mode } from '../module.js';
import { addendFor } from './addend.js';
import { Projection } from './projection.js';
import { ThreeConvolutions } from './threeConvolutions.js';

export interface ResNeXtBlockOptions {
  /** Channels *in* a group of the 3x3 convolution, not their count. d2l calls it `groups`. */
  groupWidth: number;
  /** Channels of the 3x3 convolution per channel of the output. d2l calls it `bot_mul`. */
  bottleneckMultiplier: number;
  /** Passes the input through a 1x1 convolution and batch normalisation. Default false. */
  use1x1conv?: boolean;
  /** Of the 3x3 and of the shortcut's convolution. Default 1. */
  strides?: number;
}

/**
 * The chapter's ResNeXt block: 1x1, grouped 3x3, 1x1, each with a bias and batch normalisation, the shortcut's too.
 *
 * d2l's `ResNeXtBlock(32, 16, 1)` is `new ResNeXtBlock(32, { groupWidth: 16, bottleneckMultiplier: 1 })`: 2 groups of 16.
 * Source: Dive into Deep Learning 1.0.3, section 8.6.5; Xie et al. (arXiv 1611.05431).
 */
export class ResNeXtBlock extends ThreeConvolutions {
  static override readonly name: string = 'ResNeXtBlock';
  readonly shortcut: Projection | undefined;

  /** @param channels of the output, and of the input unless `use1x1conv` */
  constructor(
    channels: number,
    { groupWidth, bottleneckMultiplier, use1x1conv = false, strides = 1 }: ResNeXtBlockOptions,
  ) {
    const width = Math.round(channels * bottleneckMultiplier);
    if (width < 1 || width % groupWidth !== 0) {
      throw new BlocksError('OPTION', {
        where: 'ResNeXtBlock: groupWidth',
        expected: `a divisor of the 3x3 convolution's ${width} channels`,
        received: String(groupWidth),
        fix: 'It is the width of a group, not the number of groups.',
      });
    }
    super({ channels, width, groups: width / groupWidth, stride: strides, bias: true, lastScale: ones });
    this.shortcut = use1x1conv ? new Projection(channels, { stride: strides, bias: true }) : undefined;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const branch = this.branch(x, mode); // [B, H/s, W/s, channels]
    const addend = addendFor(branch, this.shortcut?.forward(x, mode) ?? x, 'use1x1conv');
    return this.bn3.forward(branch, mode, { addend, activation: 'relu' });
  }
}
