import * as tf from '@tensorflow/tfjs-core';
import { isBatchFree } from './batchFree.js';
import { isEvaluatingShape } from './evalShape.js';
import { isUsingReferences } from './withReferences.js';

/**
 * The calls of kernels that a function made, with all addresses: played, they compute the same of other values, without tfjs in between
 * and to the same bits.
 */
export interface Recording {
  /**
   * What the function would give for these inputs, which are borrowed: a new tensor, the caller's.
   *
   * @param inputs of the shapes and types that were recorded
   */
  play(inputs: readonly tf.Tensor[]): tf.Tensor;
  /** Gives back the memory that the calls work in. */
  dispose(): void;
}

/** What came of recording a function: its result, and how to have it again or why that can't be. */
export type Recorded = { output: tf.Tensor } & (
  | { recording: Recording; reason?: undefined }
  | { recording?: undefined; reason: string }
);

/** What a backend may offer beside its kernels. */
export interface RecordingBackend {
  /**
   * Runs `fn` on copies of the inputs and records it. All other tensors that it reads count as constants: they must be of
   * the same values whenever the recording is played.
   *
   * @param fn synchronous; what it makes must end with it, but for its result
   */
  record(inputs: readonly tf.Tensor[], fn: (...inputs: tf.Tensor[]) => tf.Tensor): Recorded;
}

/**
 * The active backend as one that records: undefined where it isn't, and where what is around the caller (a tape, `evalShape`, `withReferences`,
 * `batchFree`) changes what operations do, of which a recording would know nothing.
 */
export function recordingBackend(): RecordingBackend | undefined {
  const isPlain = !tf.engine().isTapeOn() && !isEvaluatingShape() && !isUsingReferences() && !isBatchFree();
  if (!isPlain) return undefined;
  const backend = tf.backend() as Partial<RecordingBackend>;
  return backend.record === undefined ? undefined : (backend as RecordingBackend);
}
