import { scaleChannels } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';
import { type Initializer, ones } from '../initializers.js';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';
import { ThreeConvolutions } from './threeConvolutions.js';

export interface ComposedBlockOptions {
  /** Of the convolution that has one. Default 1. */
  stride?: number;
  /** From the block's input to what is added, of the output's shape. Default: the identity. */
  shortcut?: Module<tf.Tensor4D, tf.Tensor4D>;
  /** From the normalised branch [B, H, W, C] to what each of its channels is multiplied by, [B, C]. Default: nothing. */
  gate?: Module<tf.Tensor4D, tf.Tensor2D>;
  /** Scale of the last batch normalisation. Default ones. */
  lastScale?: Initializer;
}

export interface ComposedBottleneckOptions extends ComposedBlockOptions {
  /** Groups of the 3x3 convolution. Default 1. */
  groups?: number;
  /** Channels of a group of the 3x3 convolution where `channels` is 64. Default 64. */
  baseWidth?: number;
}

/** `BasicBlock` with a shortcut and a gate of one's own: squeeze-and-excitation, averaging shortcuts, shortcuts without parameters. */
export class ComposedBasicBlock extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'ComposedBasicBlock';
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly gate: ComposedBlockOptions['gate'];
  readonly shortcut: ComposedBlockOptions['shortcut'];

  /** @param channels of the output */
  constructor(channels: number, { stride = 1, shortcut, gate, lastScale = ones }: ComposedBlockOptions = {}) {
    super();
    this.conv1 = new Conv2d(channels, 3, { padding: 1, stride, bias: false });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d({ scaleInitializer: lastScale });
    this.gate = gate;
    this.shortcut = shortcut;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const hidden = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    return joined(this, this.bn2, this.conv2.forward(hidden), x, mode);
  }
}

/** `Bottleneck` with a shortcut and a gate of one's own. The output has four times `channels`. */
export class ComposedBottleneck extends ThreeConvolutions {
  static override readonly name: string = 'ComposedBottleneck';
  static readonly expansion: number = 4;
  readonly gate: ComposedBlockOptions['gate'];
  readonly shortcut: ComposedBlockOptions['shortcut'];

  /** @param channels a quarter of the output's, as in the rows of the papers' tables */
  constructor(
    channels: number,
    {
      stride = 1,
      groups = 1,
      baseWidth = 64,
      shortcut,
      gate,
      lastScale = ones,
    }: ComposedBottleneckOptions = {},
  ) {
    const width = Math.floor((channels * baseWidth) / 64) * groups;
    super({ channels: 4 * channels, width, groups, stride, bias: false, lastScale });
    this.gate = gate;
    this.shortcut = shortcut;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, 4 channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return joined(this, this.bn3, this.branch(x, mode), x, mode);
  }
}

/**
 * relu(gate * bn(branch) + shortcut). Source: Hu et al. (arXiv 1709.01507), figure 3.
 *
 * @param branch [B, H/s, W/s, C]
 * @param x the block's input [B, H, W, Cin]
 */
function joined(
  { gate, shortcut }: Pick<ComposedBlockOptions, 'gate' | 'shortcut'>,
  bn: BatchNorm2d,
  branch: tf.Tensor4D,
  x: tf.Tensor4D,
  mode: Mode,
): tf.Tensor4D {
  const addend = shortcut?.forward(x, mode) ?? x;
  if (addend.shape.some((length, axis) => length !== branch.shape[axis])) {
    throw new BlocksError('SHAPE', {
      where: "A residual block's shortcut",
      expected: `shape [${branch.shape}], that of its branch`,
      received: `[${addend.shape}]`,
      fix: 'Pass a shortcut that changes the shape as the branch does.',
    });
  }
  if (gate === undefined) return bn.forward(branch, mode, { addend, activation: 'relu' });
  const normalized = bn.forward(branch, mode); // [B, H/s, W/s, C]
  return scaleChannels(normalized, gate.forward(normalized, mode), { addend, activation: 'relu' });
}
