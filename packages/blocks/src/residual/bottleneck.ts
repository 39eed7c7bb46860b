import { type Initializer, ones } from '../initializers.js';
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
    super({
      channels: 4 * channels,
      width: Math.floor((channels * baseWidth) / 64) * groups,
      groups,
      stride,
      projection,
      bias: false,
      lastScale,
      projectionOption: 'projection',
    });
  }
}
