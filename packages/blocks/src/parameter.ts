import type { Initializer } from './initializers.js';
import { Leaf } from './leaf.js';

/** What a parameter does in its layer: rules for initial values and weight decay go by it. */
export type ParameterRole = 'weight' | 'bias' | 'scale' | 'offset';

/** Something that can be trained. Its `value` is a trainable `tf.Variable`. */
export class Parameter extends Leaf {
  /** Whether it is trained: `setTrainable` sets parameters apart by their paths. */
  trainable = true;

  constructor(
    readonly role: ParameterRole,
    initializer: Initializer,
  ) {
    super(initializer);
  }

  get kind(): string {
    return this.role;
  }
}
