import type * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers.js';
import { BatchNorm2d } from '../layers/batchNorm2d.js';
import { Conv2d } from '../layers/conv2d.js';
import { type Mode, Module } from '../module.js';
import { addendFor, type ShortcutOption } from './addend.js';

interface TwoConvolutionsOptions {
  /** Of the output. */
  channels: number;
  /** Of the first convolution. */
  stride: number;
  lastScale: Initializer;
  /** From the block's input to what is added. Undefined: the identity. */
  shortcut: Module<tf.Tensor4D, tf.Tensor4D> | undefined;
  /** How a subclass is told to change the shape, for messages. */
  shortcutOption: ShortcutOption;
}

/**
 * Two 3x3 convolutions, each batch-normalised, without biases, and a shortcut: what `BasicBlock` and `ComposedBasicBlock`
 * have in common. Source: He et al. (arXiv 1512.03385), figure 5 left.
 */
export abstract class TwoConvolutions extends Module<tf.Tensor4D, tf.Tensor4D> {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly shortcut: Module<tf.Tensor4D, tf.Tensor4D> | undefined;
  readonly #shortcutOption: ShortcutOption;

  constructor({ channels, stride, lastScale, shortcut, shortcutOption }: TwoConvolutionsOptions) {
    super();
    this.conv1 = new Conv2d(channels, 3, { padding: 1, stride, bias: false });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(channels, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d({ scaleInitializer: lastScale });
    this.shortcut = shortcut;
    this.#shortcutOption = shortcutOption;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/s, W/s, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const hidden = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H/s, W/s, C]
    const branch = this.conv2.forward(hidden); // [B, H/s, W/s, C]
    const shortcut = this.shortcut?.forward(x, mode) ?? x;
    return this.join(branch, addendFor(branch, shortcut, this.#shortcutOption), mode);
  }

  /** The last normalisation, sum and ReLU. */
  protected join(branch: tf.Tensor4D, addend: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return this.bn2.forward(branch, mode, { addend, activation: 'relu' });
  }
}
