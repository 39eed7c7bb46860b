import { scaleChannels } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { type Initializer, ones } from '../initializers.js';
import type { BatchNorm2d } from '../layers/batchNorm2d.js';
import type { Mode, Module } from '../module.js';
import { ThreeConvolutions } from './threeConvolutions.js';
import { TwoConvolutions } from './twoConvolutions.js';

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
export class ComposedBasicBlock extends TwoConvolutions {
  static override readonly name: string = 'ComposedBasicBlock';
  readonly gate: ComposedBlockOptions['gate'];

  /** @param channels of the output */
  constructor(channels: number, { stride = 1, shortcut, gate, lastScale = ones }: ComposedBlockOptions = {}) {
    super({ channels, stride, lastScale, shortcut, shortcutOption: 'shortcut' });
    this.gate = gate;
  }

  protected override join(branch: tf.Tensor4D, addend: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return joined(this.bn2, this.gate, branch, addend, mode);
  }
}

/** `Bottleneck` with a shortcut and a gate of one's own. The output has four times `channels`. */
export class ComposedBottleneck extends ThreeConvolutions {
  static override readonly name: string = 'ComposedBottleneck';
  static readonly expansion: number = 4;
  readonly gate: ComposedBlockOptions['gate'];

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
    super({
      channels: 4 * channels,
      width: Math.floor((channels * baseWidth) / 64) * groups,
      groups,
      stride,
      shortcut,
      bias: false,
      lastScale,
      shortcutOption: 'shortcut',
    });
    this.gate = gate;
  }

  protected override join(branch: tf.Tensor4D, addend: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return joined(this.bn3, this.gate, branch, addend, mode);
  }
}

/** relu(gate * bn(branch) + addend). Source: Hu et al. (arXiv 1709.01507), figure 3. */
function joined(
  bn: BatchNorm2d,
  gate: ComposedBlockOptions['gate'],
  branch: tf.Tensor4D,
  addend: tf.Tensor4D,
  mode: Mode,
): tf.Tensor4D {
  if (gate === undefined) return bn.forward(branch, mode, { addend, activation: 'relu' });
  const normalized = bn.forward(branch, mode); // [B, H, W, C]
  return scaleChannels(normalized, gate.forward(normalized, mode), { addend, activation: 'relu' });
}
