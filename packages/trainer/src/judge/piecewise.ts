import { Module } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from './evaluate.js';

/**
 * A model of pictures that are `count` pieces of the same size, one above the other: it answers by the mean of its logits for them. It holds
 * the model's own parameters: whoever has the model disposes of it.
 *
 * Source: the ten crops of Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012), which average
 * probabilities.
 *
 * @example
 * const withCrops = await evaluate(piecewise(model, 5), data); // of pictures [5 H, W, C]
 */
export function piecewise(model: Classifier, count: number): Classifier {
  return new Piecewise(model, count);
}

class Piecewise extends Module<tf.Tensor4D, tf.Tensor2D> {
  constructor(
    private readonly model: Classifier,
    private readonly count: number,
  ) {
    super();
  }

  /** @param x [B, count H, W, C] @returns logits [B, K] */
  forward(x: tf.Tensor4D, mode: 'train' | 'eval'): tf.Tensor2D {
    return tf.tidy(() => {
      const [batch, height, width, channels] = x.shape;
      const pieces = tf.reshape(x, [batch * this.count, height / this.count, width, channels]);
      const logits = this.model.forward(pieces as tf.Tensor4D, mode); // [B count, K]
      return tf.mean(tf.reshape(logits, [batch, this.count, logits.shape[1]]), 1) as tf.Tensor2D;
    });
  }
}
