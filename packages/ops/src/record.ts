import * as tf from '@tensorflow/tfjs-core';
import { isBatchFree } from './batchFree.js';
import type { OpsProblem } from './error.js';
import { isEvaluatingShape } from './evalShape.js';
import { isUsingReferences } from './withReferences.js';

/** What a function gives that is recorded. All of them are the caller's. */
export interface Results {
  outputs: tf.Tensor[];
  /** Such as gradients: they lie in the memory that the calls work in, and must end before these are played again. */
  lent: tf.Tensor[];
}

/**
 * The calls of kernels that a function made, with all addresses: played, they compute the same of other values, without tfjs in between
 * and to the same bits.
 */
export interface Recording {
  /**
   * What the function would give for these tensors, which are borrowed; undefined where the calls can't give it any more: memory was full and
   * they gave theirs back, tensors that are read in place lie elsewhere by now, or what was lent is still in use.
   *
   * @param inputs of the shapes and types that were recorded
   * @param inPlace as many as were recorded
   */
  play(inputs: readonly tf.Tensor[], inPlace?: readonly tf.Tensor[]): Results | undefined;
  /** Gives back the memory that the calls work in. */
  dispose(): void;
}

/**
 * For a backend's `play`: why these inputs can't be played; undefined where they can.
 *
 * @param where such as `simd: play`
 * @param recorded.inputs what was recorded
 */
export function playProblem(
  where: string,
  inputs: readonly tf.Tensor[],
  recorded: { inputs: readonly Pick<tf.TensorInfo, 'shape' | 'dtype'>[]; isDisposed: boolean },
): OpsProblem | undefined {
  const { inputs: expected, isDisposed } = recorded;
  const fits = expected.every(
    ({ shape, dtype }, i) => inputs[i]?.dtype === dtype && tf.util.arraysEqual(inputs[i]!.shape, shape),
  );
  if (fits && inputs.length === expected.length && !isDisposed) return undefined;
  const describe = (tensors: typeof expected) =>
    tensors.map(({ shape, dtype }) => `${dtype} [${shape.join(', ')}]`).join(', ');
  return {
    where,
    expected: describe(expected),
    received: isDisposed ? 'a recording that has been disposed of' : describe(inputs),
    fix: 'Play a recording with inputs of the shapes and types that were recorded, before dispose().',
  };
}

/** What came of recording a function: its results, and how to have them again or why that can't be. */
export type Recorded = Results &
  ({ recording: Recording; reason?: undefined } | { recording?: undefined; reason: string });

/** What a backend may offer beside its kernels. */
export interface RecordingBackend {
  /**
   * Runs `fn` on copies of the inputs and records it. All other tensors that it reads count as constants: they must be of
   * the same values whenever the recording is played.
   *
   * @param fn synchronous; what it makes must end with it, but for its results
   * @param inPlace what it reads where it is, as weights that a step moves without moving their place: of other values each time
   */
  record(
    inputs: readonly tf.Tensor[],
    fn: (...inputs: tf.Tensor[]) => Results,
    inPlace?: readonly tf.Tensor[],
  ): Recorded;
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
