import { conv2d, type Size } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';
import { fansOf } from '../fans.js';
import { type Initializer, kaimingUniform, uniformBias } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { assertChannelCount, inputChannels, PICTURES } from './checks.js';

export interface Conv2dLayerOptions {
  /** Default 1. */
  stride?: Size;
  /** Zeros on both sides of each axis. Default 0. */
  padding?: Size;
  /** Default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
  /** Of the weight. Default: PyTorch's. */
  initializer?: Initializer;
}

/**
 * 2-D convolution, like PyTorch's `LazyConv2d`: the number of input channels is that of the first input.
 *
 * weight [kh, kw, Cin / groups, channels], bias [channels].
 */
export class Conv2d extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'Conv2d';
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly kernelSize: readonly [number, number];
  readonly stride: Size;
  readonly padding: Size;
  readonly groups: number;

  /** @param channels of the output */
  constructor(
    readonly channels: number,
    kernelSize: Size,
    {
      stride = 1,
      padding = 0,
      groups = 1,
      bias = true,
      initializer = kaimingUniform(),
    }: Conv2dLayerOptions = {},
  ) {
    super();
    assertChannelCount(channels, 'Conv2d');
    this.weight = new Parameter('weight', initializer);
    this.bias = bias ? new Parameter('bias', uniformBias) : undefined;
    this.kernelSize = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.groups = groups;
  }

  /** @param x [B, H, W, Cin]; returns [B, Ho, Wo, channels] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { channels, stride, padding, groups } = this;
    const [kh, kw] = this.kernelSize;
    const inputs = inputChannels(x, PICTURES, 'Conv2d');
    if (inputs % groups !== 0) {
      throw new BlocksError('SHAPE', {
        where: 'Conv2d: groups',
        expected: `a divisor of the ${inputs} input channels`,
        received: String(groups),
        fix: 'Use another number of groups or channels.',
      });
    }
    const shape: [number, number, number, number] = [kh, kw, inputs / groups, channels];
    const bias = this.bias?.as([channels], fansOf(shape));
    return conv2d(x, this.weight.as(shape), { bias, stride, padding, groups });
  }
}
