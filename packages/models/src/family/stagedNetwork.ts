import { type InitializerRule, type Mode, Module } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';

type Pictures = Module<tf.Tensor4D, tf.Tensor4D>;

export interface StagedNetworkOptions {
  /** Default: none; the first stage sees the pictures. */
  stem?: Pictures;
  stages: readonly Pictures[];
  /** The last stage's features [B, h, w, C] in, logits [B, K] out. */
  head: Module<tf.Tensor4D, tf.Tensor2D>;
  initializer?: InitializerRule;
}

/** A network of any stages, such as VGG and GoogLeNet; those whose stages are rows of one block are a `ResNet`. */
export class StagedNetwork extends Module<tf.Tensor4D, tf.Tensor2D> {
  static override readonly name: string = 'StagedNetwork';
  override readonly initializerRule: InitializerRule | undefined;
  readonly stem: Pictures | undefined;
  readonly stages: readonly Pictures[];
  /** May be changed, as a `ResNet`'s. */
  head: StagedNetworkOptions['head'];

  constructor({ stem, stages, head, initializer }: StagedNetworkOptions) {
    super();
    this.initializerRule = initializer;
    this.stem = stem;
    this.stages = stages;
    this.head = head;
  }

  /** @param x [B, H, W, C]; returns the head's logits [B, K] */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    const seen = this.stem?.forward(x, mode) ?? x;
    return this.head.forward(
      this.stages.reduce((y, stage) => stage.forward(y, mode), seen),
      mode,
    );
  }
}
