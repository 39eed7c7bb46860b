import { Leaf } from './leaf.js';

/** State that isn't trained, such as a running mean. Its `value` is a non-trainable `tf.Variable`. */
export class Buffer extends Leaf {
  readonly trainable = false;
  readonly kind = 'buffer';
}
