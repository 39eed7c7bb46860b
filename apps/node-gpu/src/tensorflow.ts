import * as tf from '@tensorflow/tfjs-core';

/** TensorFlow.js advertises another backend on stderr, and tells of failures that the command tells better. */
export function quietTensorflow(verbose = false): void {
  if (!verbose) tf.enableProdMode();
}
