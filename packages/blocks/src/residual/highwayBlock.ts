import * as tf from '@tensorflow/tfjs-core';
import { Conv2d } from '../layers/conv2d.js';
import { Module } from '../module.js';

/**
 * A convolutional highway layer: y = T(x) * H(x) + (1 - T(x)) * x with H(x) = relu(conv(x)) and the gate T(x) = sigmoid(transformGate(x)).
 *
 * Both convolutions are 3x3 with biases and keep the shape. A gate that is shut, T = 0, makes it the identity to the bit.
 * Source: Srivastava, Greff & Schmidhuber, "Training Very Deep Networks" (arXiv 1507.06228), equation 3.
 */
export class HighwayBlock extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'HighwayBlock';
  readonly conv: Conv2d;
  readonly transformGate: Conv2d;

  /** @param channels of the input and the output */
  constructor(channels: number) {
    super();
    this.conv = new Conv2d(channels, 3, { padding: 1 });
    this.transformGate = new Conv2d(channels, 3, { padding: 1 });
  }

  /** @param x [B, H, W, channels]; returns its shape */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const transformed = tf.relu(this.conv.forward(x)); // [B, H, W, C]
    const gate = tf.sigmoid(this.transformGate.forward(x)); // [B, H, W, C]
    return tf.add(x, tf.mul(gate, tf.sub(transformed, x)));
  }
}
