import * as tf from '@tensorflow/tfjs-core';

/**
 * What decides how a backend rounds, by name, in words: two runs on backends of one name and equal arithmetic are equal
 * to the bit. Neither the number of threads nor anything that is measured belongs here unless it changes bits.
 */
export type Arithmetic = { [name: string]: string };

/** The active backend's: its property `arithmetic`, where it has one. */
export function activeArithmetic(): Arithmetic {
  const { arithmetic } = tf.backend() as { arithmetic?: Arithmetic };
  return { ...arithmetic };
}
