import { linear } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { fansOf } from '../fans.js';
import { type Initializer, kaimingUniform, uniformBias } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { assertChannelCount, inputChannels, ROWS } from './checks.js';

/**
 * A fully connected layer, like PyTorch's `LazyLinear`: the number of inputs is that of the first input.
 *
 * weight [Cin, channels] (PyTorch stores the transpose), bias [channels].
 */
export class Linear extends Module<tf.Tensor2D, tf.Tensor2D> {
  static override readonly name: string = 'Linear';
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  /** @param channels of the output */
  constructor(
    readonly channels: number,
    { bias = true, initializer = kaimingUniform() }: { bias?: boolean; initializer?: Initializer } = {},
  ) {
    super();
    assertChannelCount(channels, 'Linear');
    this.weight = new Parameter('weight', initializer);
    this.bias = bias ? new Parameter('bias', uniformBias) : undefined;
  }

  /** @param x [B, Cin]; returns [B, channels] */
  forward(x: tf.Tensor2D): tf.Tensor2D {
    const shape: [number, number] = [inputChannels(x, ROWS, 'Linear'), this.channels];
    return linear(x, this.weight.as(shape), this.bias?.as([this.channels], fansOf(shape)));
  }
}
