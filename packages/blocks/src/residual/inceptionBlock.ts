import type { Size } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { ConvBatchNormReLU } from '../layers/convBatchNormReLU.js';
import { MaxPool2d } from '../layers/pooling.js';
import { Sequential } from '../layers/sequential.js';
import { type Mode, Module } from '../module.js';

/** Channels of the four branches; of the second and third before and after their large window. */
export interface InceptionWidths {
  branch1: number;
  branch2: readonly [narrow: number, wide: number];
  branch3: readonly [narrow: number, wide: number];
  branch4: number;
}

export interface InceptionBlockOptions {
  /** Of the third branch. The paper's is 5; torchvision's is 3. Default 5. */
  window?: 3 | 5;
  /** Of each normalisation. Default 1e-5. */
  epsilon?: number;
  /** Of the convolutions. Default false. */
  bias?: boolean;
}

/**
 * GoogLeNet's module: 1x1; 1x1 and 3x3; 1x1 and 5x5; 3x3 max-pooling and 1x1, side by side, each convolution with batch normalisation
 * and ReLU.
 *
 * Source: Szegedy et al., "Going Deeper with Convolutions" (arXiv 1409.4842), figure 2b; torchvision 0.29.2, `Inception`.
 */
export class InceptionBlock extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'InceptionBlock';
  readonly branch1: ConvBatchNormReLU;
  readonly branch2: Sequential<tf.Tensor4D>;
  readonly branch3: Sequential<tf.Tensor4D>;
  readonly branch4: Sequential<tf.Tensor4D>;

  constructor(
    { branch1, branch2, branch3, branch4 }: InceptionWidths,
    { window = 5, epsilon, bias = false }: InceptionBlockOptions = {},
  ) {
    super();
    const unit = (channels: number, kernelSize: Size & number) =>
      new ConvBatchNormReLU(channels, kernelSize, { padding: (kernelSize - 1) / 2, bias, epsilon });
    this.branch1 = unit(branch1, 1);
    this.branch2 = new Sequential<tf.Tensor4D>(unit(branch2[0], 1), unit(branch2[1], 3));
    this.branch3 = new Sequential<tf.Tensor4D>(unit(branch3[0], 1), unit(branch3[1], window));
    this.branch4 = new Sequential<tf.Tensor4D>(new MaxPool2d(3, { stride: 1, padding: 1 }), unit(branch4, 1));
  }

  /** @param x [B, H, W, Cin]; returns [B, H, W, the branches' channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const branches = [this.branch1, this.branch2, this.branch3, this.branch4];
    return tf.concat(
      branches.map((branch) => branch.forward(x, mode)),
      3,
    );
  }
}
