import type { Size } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { type Mode, Module } from '../module.js';
import { BatchNorm2d } from './batchNorm2d.js';
import { Conv2d, type Conv2dLayerOptions } from './conv2d.js';

export interface ConvBatchNormReLUOptions extends Conv2dLayerOptions {
  /** Of the normalisation. Default 1e-5. */
  epsilon?: number;
}

/** Convolution, batch normalisation, ReLU: the unit of plain networks, torchvision's `BasicConv2d`. */
export class ConvBatchNormReLU extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'ConvBatchNormReLU';
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  /** @param channels of the output */
  constructor(channels: number, kernelSize: Size, { epsilon, ...options }: ConvBatchNormReLUOptions = {}) {
    super();
    this.conv = new Conv2d(channels, kernelSize, options);
    this.bn = new BatchNorm2d({ epsilon });
  }

  /** @param x [B, H, W, Cin]; returns [B, Ho, Wo, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return this.bn.forward(this.conv.forward(x), mode, { activation: 'relu' });
  }
}
