import { BatchNorm2d, Conv2d, MaxPool2d, type Mode, Module } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';

/** What comes before the residual blocks: convolution, batch normalisation, ReLU and perhaps max-pooling. */
export class Stem extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'Stem';
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;
  readonly pool: MaxPool2d | undefined;

  constructor({ conv, pool }: { conv: Conv2d; pool?: MaxPool2d }) {
    super();
    this.conv = conv;
    this.bn = new BatchNorm2d();
    this.pool = pool;
  }

  /** Of the output. */
  get channels(): number {
    return this.conv.channels;
  }

  /** @param x [B, H, W, Cin]; returns [B, Ho, Wo, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const y = this.bn.forward(this.conv.forward(x), mode, { activation: 'relu' });
    return this.pool?.forward(y) ?? y;
  }
}

/** The ImageNet stem, also the chapter's: 7x7 with stride 2, then 3x3 max-pooling with stride 2: a quarter of the side. */
export function imageNetStem(channels: number, { bias }: { bias: boolean }): Stem {
  return new Stem({
    conv: new Conv2d(channels, 7, { stride: 2, padding: 3, bias }),
    pool: new MaxPool2d(3, { stride: 2, padding: 1 }),
  });
}

/** The stem for small pictures: 3x3 with stride 1. Source: He et al. (arXiv 1512.03385), section 4.2. */
export function cifarStem(channels: number): Stem {
  return new Stem({ conv: new Conv2d(channels, 3, { padding: 1, bias: false }) });
}
