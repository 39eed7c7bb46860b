import { type Initializer, ones } from '../initializers.js';
import { Projection } from './projection.js';
import { TwoConvolutions } from './twoConvolutions.js';

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
export class BasicBlock extends TwoConvolutions {
  static override readonly name: string = 'BasicBlock';

  /** @param channels of the output */
  constructor(
    channels: number,
    { stride = 1, projection = stride !== 1, lastScale = ones }: BasicBlockOptions = {},
  ) {
    const shortcut = projection ? new Projection(channels, { stride, bias: false }) : undefined;
    super({ channels, stride, lastScale, shortcut, shortcutOption: 'projection' });
  }
}
