import type * as tf from '@tensorflow/tfjs-core';
import type { InitializerRule } from './initializerRules.js';

/** Whether batch normalisation uses the batch's statistics and moves the running ones, or uses the running ones. */
export type Mode = 'train' | 'eval';

/**
 * A part of a network: parameters, buffers and other modules in its fields, and what it computes with them.
 *
 * Nothing is registered: whatever a field holds (a Parameter, a Buffer, a Module, or an array of them) belongs to the
 * module, under the field's name. So `model.stem.conv.weight` has the path `stem.conv.weight`. Tables show the class's `name`;
 * those in here state theirs (`static override readonly name`), because a minified class has another.
 */
export abstract class Module<In extends tf.Tensor = tf.Tensor, Out extends tf.Tensor = tf.Tensor> {
  /** How `init` starts the parameters in here where it isn't told otherwise; overrides what their layers ask for. */
  declare readonly initializerRule?: InitializerRule;

  /**
   * Computes the module's output. Synchronous; borrows `x`, gives its result to the caller, and may leave
   * intermediates to the enclosing `tf.tidy`. A function of its arguments and of what the module's public fields hold: where passes are recorded
   * (`train`'s `record`, `predictor`), it isn't called as long as those are the same.
   */
  abstract forward(x: In, mode: Mode): Out;

  /** What is inside, by name: the fields in their order. A list of modules overrides it to number them. */
  children(): [name: string, child: unknown][] {
    return Object.entries(this);
  }
}
