import { type Arithmetic, activeArithmetic } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';

/** What computes a run, as checkpoints keep it. */
export interface RunBackend {
  /** The backend's name. */
  backend: string;
  /** How it rounds. */
  arithmetic: Arithmetic;
}

export function activeBackend(): RunBackend {
  return { backend: tf.getBackend(), arithmetic: activeArithmetic() };
}
