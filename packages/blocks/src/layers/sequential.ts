import type * as tf from '@tensorflow/tfjs-core';
import { type Mode, Module } from '../module.js';

/** Modules one after another. Their paths are their numbers: `stages.0.1` is the second block of the first stage. */
export class Sequential<In extends tf.Tensor = tf.Tensor, Out extends tf.Tensor = In> extends Module<
  In,
  Out
> {
  static override readonly name: string = 'Sequential';
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    this.layers = layers;
  }

  forward(x: In, mode: Mode): Out {
    // Which tensor goes from layer to layer is theirs to check; only the ends have a declared type.
    return this.layers.reduce<tf.Tensor>((y, layer) => layer.forward(y, mode), x) as Out;
  }

  override children(): [string, unknown][] {
    return Object.entries(this.layers);
  }
}
