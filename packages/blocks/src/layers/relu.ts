import * as tf from '@tensorflow/tfjs-core';
import { Module } from '../module.js';

/** max(0, x). After batch normalisation, `bn.forward(x, mode, { activation: 'relu' })` does both in one pass. */
export class ReLU<T extends tf.Tensor = tf.Tensor> extends Module<T, T> {
  static override readonly name: string = 'ReLU';
  forward(x: T): T {
    return tf.relu(x);
  }
}
