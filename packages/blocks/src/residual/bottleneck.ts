import type * as tf from '@tensorflow/tfjs-core';
import { type Initializer, ones } from '../initializers.js';
import type { Mode } from '../module.js';
import { addendFor } from './addend.js';
import { Projection } from './projection.js';
import { ThreeConvolutions } from './threeConvolutions.js';

export interface BottleneckOptions {
  /** Of the 3x3 convolution ("v1.5") and the shortcut. Default 1. */
  stride?: number;
  /** Groups of the 3x3 convolution: ResNeXt's cardinality. Default 1. */
  groups?: number;
  /** Channels of a group of the 3x3 convolution where `channels` is 64. Default 64. */
  baseWidth?: number;
  /** A projection shortcut (1x1 convolution and batch normalisation) in place of the identity. Default: where stride isn't 1. */
  projection?: boolean;
  /** Scale of the last batch normalisation. Default ones; `zeros` starts the block as the identity (arXiv 1706.02677). */
  lastScale?: Initializer;
}

/**
 * torchvision's bottleneck (ResNet-50 and deeper, ResNeXt, wide ResNet): 1x1, 3x3, 1x1. No convolution has a bias.
 * Its output has four times `channels`.
 */
export class Bottleneck extends ThreeConvolutions {
  static override readonly name: string = 'Bottleneck';
  static readonly expansion = 4;
  readonly shortcut: Projection | undefined;

  /** @param channels a quarter of the output's, as in the rows of the papers' tables */
  constructor(
    channels: number,
    {
      stride = 1,
      groups = 1,
      baseWidth = 64,
      projection = stride !== 1,
      lastScale = ones,
    }: BottleneckOptions = {},
  ) {
    const width = Math.floor((channels * baseWidth) / 64) * groups;
    super({ channels: 4 * channels, width, groups, stride, bias: false, lastScale });
    this.shortcut = projection ? new Projection(4 * channels, { stride, bias: false }) : undefined;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, 4 channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const branch = this.branch(x, mode); // [B, H/s, W/s, 4 channels]
    const addend = addendFor(branch, this.shortcut?.forward(x, mode) ?? x, 'projection');
    return this.bn3.forward(branch, mode, { addend, activation: 'relu' });
  }
}
