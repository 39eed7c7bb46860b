import {
  BatchNorm2d,
  CeilMaxPool2d,
  Conv2d,
  ConvBatchNormReLU,
  MaxPool2d,
  type Mode,
  Module,
} from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';

/** A convolution and perhaps max-pooling, for blocks that normalise what comes in themselves. */
export class BareStem extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'BareStem';
  readonly conv: Conv2d;
  readonly pool: MaxPool2d | undefined;

  constructor({ conv, pool }: { conv: Conv2d; pool?: MaxPool2d }) {
    super();
    this.conv = conv;
    this.pool = pool;
  }

  /** Of the output. */
  get channels(): number {
    return this.conv.channels;
  }

  /** @param x [B, H, W, Cin]; returns [B, Ho, Wo, channels] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const y = this.conv.forward(x);
    return this.pool?.forward(y) ?? y;
  }
}

/**
 * ResNet-C's stem: three 3x3 convolutions, the first with stride 2, in place of a 7x7; then 3x3 max-pooling.
 *
 * Source: He et al., "Bag of Tricks" (arXiv 1812.01187), figure 2b; timm 1.0.31, stem types `deep` and `deep_tiered`.
 */
export class DeepStem extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'DeepStem';
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;
  readonly pool: MaxPool2d;

  /** @param widths channels after each convolution. The paper's are 32, 32 and 64, the tiered stem's 24, 32 and 64. */
  constructor([first, second, last]: readonly [number, number, number] = [32, 32, 64]) {
    super();
    this.conv1 = new Conv2d(first, 3, { stride: 2, padding: 1, bias: false });
    this.bn1 = new BatchNorm2d();
    this.conv2 = new Conv2d(second, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d();
    this.conv = new Conv2d(last, 3, { padding: 1, bias: false });
    this.bn = new BatchNorm2d();
    this.pool = new MaxPool2d(3, { stride: 2, padding: 1 });
  }

  /** Of the output. */
  get channels(): number {
    return this.conv.channels;
  }

  /** @param x [B, H, W, Cin]; returns [B, H/4, W/4, channels] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const first = this.bn1.forward(this.conv1.forward(x), mode, { activation: 'relu' }); // [B, H/2, W/2, widths[0]]
    const second = this.bn2.forward(this.conv2.forward(first), mode, { activation: 'relu' }); // [B, H/2, W/2, widths[1]]
    return this.pool.forward(this.bn.forward(this.conv.forward(second), mode, { activation: 'relu' }));
  }
}

/** GoogLeNet's stem: 7x7 with stride 2, pooling, 1x1, 3x3, pooling: an eighth of the side, 192 channels. */
export class GoogLeNetStem extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'GoogLeNetStem';
  readonly channels = 192;
  readonly conv1: ConvBatchNormReLU;
  readonly conv2: ConvBatchNormReLU;
  readonly conv3: ConvBatchNormReLU;
  readonly pool: CeilMaxPool2d;

  /** @param options.epsilon of each normalisation */
  constructor({ epsilon }: { epsilon?: number } = {}) {
    super();
    this.conv1 = new ConvBatchNormReLU(64, 7, { stride: 2, padding: 3, bias: false, epsilon });
    this.conv2 = new ConvBatchNormReLU(64, 1, { bias: false, epsilon });
    this.conv3 = new ConvBatchNormReLU(this.channels, 3, { padding: 1, bias: false, epsilon });
    this.pool = new CeilMaxPool2d(3, { stride: 2 });
  }

  /** @param x [B, H, W, Cin]; returns [B, H/8, W/8, 192] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const first = this.pool.forward(this.conv1.forward(x, mode)); // [B, H/4, W/4, 64]
    const second = this.conv2.forward(first, mode); // [B, H/4, W/4, 64]
    return this.pool.forward(this.conv3.forward(second, mode));
  }
}
