import {
  AdaptiveAveragePool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  GlobalAveragePool,
  Linear,
  type Mode,
  Module,
} from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';

/** The head behind pre-activation blocks: the last normalisation and ReLU, global average pooling, a linear layer. */
export class NormalizedHead extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'NormalizedHead';
  readonly bn: BatchNorm2d;
  readonly pool: GlobalAveragePool;
  readonly linear: Linear;

  constructor(numClasses: number) {
    super();
    this.bn = new BatchNorm2d();
    this.pool = new GlobalAveragePool();
    this.linear = new Linear(numClasses);
  }

  /** @param x [B, H, W, C]; returns [B, numClasses] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    return this.linear.forward(this.pool.forward(this.bn.forward(x, mode, { activation: 'relu' })));
  }
}

/** GoogLeNet's head: global average pooling, dropout, a linear layer. */
export class DropoutHead extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'DropoutHead';
  readonly pool: GlobalAveragePool;
  readonly dropout: Dropout<tf.Tensor2D>;
  readonly linear: Linear;

  constructor(numClasses: number, { probability = 0.2 }: { probability?: number } = {}) {
    super();
    this.pool = new GlobalAveragePool();
    this.dropout = new Dropout<tf.Tensor2D>(probability);
    this.linear = new Linear(numClasses);
  }

  /** @param x [B, H, W, C]; returns [B, numClasses] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    return this.linear.forward(this.dropout.forward(this.pool.forward(x), mode));
  }
}

/** Of a 224x224 picture behind VGG's five poolings. */
const SIDE = 7;

/**
 * VGG's three fully connected layers, with dropout between. Pictures of any size are averaged to 7x7 first, as in torchvision.
 *
 * The first is a 7x7 convolution without padding: the same product, with its weight [7, 7, C, hidden] laid out as filters are.
 * Source: Simonyan & Zisserman (arXiv 1409.1556), section 2.1 and, for the convolution, 3.2; torchvision 0.29.2, `VGG`.
 */
export class VggHead extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'VggHead';
  readonly pool: AdaptiveAveragePool2d;
  readonly linear1: Conv2d;
  readonly linear2: Linear;
  readonly linear: Linear;
  readonly dropout1: Dropout<tf.Tensor2D>;
  readonly dropout2: Dropout<tf.Tensor2D>;

  constructor(
    numClasses: number,
    { hidden = 4096, probability = 0.5 }: { hidden?: number; probability?: number } = {},
  ) {
    super();
    this.pool = new AdaptiveAveragePool2d(SIDE);
    this.linear1 = new Conv2d(hidden, SIDE);
    this.linear2 = new Linear(hidden);
    this.linear = new Linear(numClasses);
    this.dropout1 = new Dropout<tf.Tensor2D>(probability);
    this.dropout2 = new Dropout<tf.Tensor2D>(probability);
  }

  /** @param x [B, H, W, C]; returns [B, numClasses] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    const seen = this.linear1.forward(this.pool.forward(x)); // [B, 1, 1, hidden]
    const first = tf.relu(tf.reshape(seen, [x.shape[0], this.linear1.channels]) as tf.Tensor2D); // [B, hidden]
    const second = tf.relu(this.linear2.forward(this.dropout1.forward(first, mode))); // [B, hidden]
    return this.linear.forward(this.dropout2.forward(second, mode));
  }
}
