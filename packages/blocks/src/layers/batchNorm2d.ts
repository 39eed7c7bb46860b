import { type Activation, batchNorm, batchNormInference } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { Buffer } from '../buffer.js';
import { type Initializer, ones, zeros } from '../initializers.js';
import { type Mode, Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { inputChannels, PICTURES } from './checks.js';

/** What follows the normalisation in the same pass. */
export interface BatchNormFusion {
  /** Added before the activation: a residual block's shortcut, of x's shape. */
  addend?: tf.Tensor4D;
  /** Default `'linear'`. */
  activation?: Activation;
}

export interface BatchNorm2dOptions {
  /** The weight of a new batch in the running statistics. Default 0.1, PyTorch's. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  epsilon?: number;
  /** Default ones; zeros on a residual block's last normalisation make the block start as the identity. */
  scaleInitializer?: Initializer;
}

/**
 * Batch normalisation of each channel, like PyTorch's `LazyBatchNorm2d`.
 *
 * 'train' normalises with the batch's statistics and moves the running ones; 'eval' uses the running ones, and so does 'train' where neither
 * scale nor offset is trainable.
 * scale [C], offset [C]; buffers runningMean [C], runningVariance [C].
 */
export class BatchNorm2d extends Module<tf.Tensor4D, tf.Tensor4D> {
  static override readonly name: string = 'BatchNorm2d';
  readonly scale: Parameter;
  readonly offset: Parameter;
  readonly runningMean: Buffer;
  readonly runningVariance: Buffer;
  /** The weight of a new batch in the running statistics. May be set: 1 / n for the n-th batch makes them a mean. */
  momentum: number;
  readonly epsilon: number;

  constructor({ momentum = 0.1, epsilon = 1e-5, scaleInitializer = ones }: BatchNorm2dOptions = {}) {
    super();
    this.scale = new Parameter('scale', scaleInitializer);
    this.offset = new Parameter('offset', zeros);
    this.runningMean = new Buffer(zeros);
    this.runningVariance = new Buffer(ones);
    this.momentum = momentum;
    this.epsilon = epsilon;
  }

  /**
   * @param x [B, H, W, C]; returns its shape
   * @throws OpsError `SHAPE` in 'train' when a channel has one value only.
   */
  forward(x: tf.Tensor4D, mode: Mode, fusion: BatchNormFusion = {}): tf.Tensor4D {
    const shape: [number] = [inputChannels(x, PICTURES, 'BatchNorm2d')];
    const scale = this.scale.as(shape);
    const offset = this.offset.as(shape);
    const runningMean = this.runningMean.as(shape);
    const runningVariance = this.runningVariance.as(shape);
    const { momentum, epsilon } = this;
    const isTrained = this.scale.trainable || this.offset.trainable;
    return mode === 'train' && isTrained
      ? batchNorm(x, { scale, offset, runningMean, runningVariance, momentum, epsilon, ...fusion })
      : batchNormInference(x, {
          scale,
          offset,
          mean: runningMean,
          variance: runningVariance,
          epsilon,
          ...fusion,
        });
  }
}
