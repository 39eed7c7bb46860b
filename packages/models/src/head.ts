import { GlobalAveragePool, Linear, Module } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';

/** What comes after the residual blocks: global average pooling and a linear layer to the classes' logits. */
export class Head extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'Head';
  readonly pool: GlobalAveragePool;
  readonly linear: Linear;

  constructor(numClasses: number) {
    super();
    this.pool = new GlobalAveragePool();
    this.linear = new Linear(numClasses);
  }

  /** @param x [B, H, W, C]; returns [B, numClasses] */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    return this.linear.forward(this.pool.forward(x));
  }
}
