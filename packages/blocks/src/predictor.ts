import { batchFree, type Recording, recordingBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Leaf } from './leaf.js';
import { isSameFacts, modelFacts } from './modelFacts.js';
import type { Module } from './module.js';
import { type PredictOptions, predict } from './predict.js';

/** Predicts again and again. */
export interface Predictor<In extends tf.Tensor = tf.Tensor, Out extends tf.Tensor = tf.Tensor> {
  /** As `predict`, to the same bits. */
  (x: In): Out;
  /** Why the last call went through TensorFlow.js like any other; undefined where a recording was played. */
  readonly reason: string | undefined;
  /** Gives back the memory that recorded calls work in. It goes on predicting, as `predict` does. */
  dispose(): void;
}

/**
 * `predict` for inputs of one shape, again and again, with less between the kernels: on a backend that records (`simd`, `webgpu`), the third call plays
 * the kernels' calls of the second, at fixed addresses and without TensorFlow.js. That pays where a prediction takes milliseconds: of one
 * picture, or a few. Until `dispose`, a pass's memory is held for it.
 *
 * Weights may change, layers be replaced, the backend be another: then a call goes the usual way, and the next one is recorded anew.
 * So do calls with inputs of another shape, on other backends, under a tape, and of networks whose `forward` computes in JavaScript
 * or does anything that calls of kernels don't repeat. What a layer was told when it was made must stay.
 *
 * @param shape of the inputs that come often, such as [1, 224, 224, 3]
 *
 * @example
 * const logitsOf = predictor(model, [1, 96, 96, 1]);
 * for (const x of frames) {
 *   const logits = logitsOf(x); // [1, 10]
 *   logits.dispose(); // or read it first
 * }
 * logitsOf.dispose();
 */
export function predictor<In extends tf.Tensor, Out extends tf.Tensor>(
  model: Module<In, Out>,
  shape: readonly number[],
  options: PredictOptions = {},
): Predictor<In, Out> {
  const kept = new KeptPass(model, shape, options);
  const call = (x: In): Out => kept.predict(x);
  Object.defineProperty(call, 'reason', { get: () => kept.reason });
  return Object.assign(call, { dispose: () => kept.dispose() }) as Predictor<In, Out>;
}

/** A model's recorded pass, and what it was recorded of. */
class KeptPass<In extends tf.Tensor, Out extends tf.Tensor> {
  reason: string | undefined = 'nothing has been recorded yet';
  readonly #model: Module<In, Out>;
  readonly #shape: number[];
  readonly #options: PredictOptions;
  #recording: Recording | undefined;
  /** Of the last call of this shape. */
  #facts: readonly unknown[] = [];
  /** Why a pass of these facts can't be recorded. */
  #obstacle: string | undefined;
  #isDisposed = false;

  constructor(model: Module<In, Out>, shape: readonly number[], options: PredictOptions) {
    this.#model = model;
    this.#shape = [...shape];
    this.#options = options;
  }

  predict(x: In): Out {
    const backend = recordingBackend();
    if (this.#isDisposed) return this.#plain(x, 'the predictor has been disposed of');
    if (backend === undefined) return this.#plain(x, 'the backend records nothing, or not here');
    if (x.dtype !== 'float32' || !tf.util.arraysEqual(x.shape, this.#shape))
      return this.#plain(x, `${x.dtype} [${x.shape}] came instead of float32 [${this.#shape}]`);

    const dataOf = (leaf: Leaf) => leaf.initialized && leaf.value.dataId;
    const facts = [backend, ...modelFacts(this.#model, dataOf)];
    if (!isSameFacts(facts, this.#facts)) {
      this.#forget();
      this.#facts = facts;
      return this.#plain(x, 'the weights, the model or the backend are new');
    }
    if (this.#obstacle !== undefined) return this.#plain(x, this.#obstacle);
    if (this.#recording !== undefined) {
      const played = this.#recording.play([x]);
      if (played !== undefined) {
        this.reason = undefined;
        return played.outputs[0] as Out;
      }
      this.#forget();
      return this.#plain(x, 'memory was full, and the recording gave its own back');
    }
    try {
      const forward = (own: tf.Tensor) => this.#model.forward(own as In, 'eval');
      const pass = this.#options.batchFree ? (own: tf.Tensor) => batchFree(() => forward(own)) : forward;
      const fn = (...own: tf.Tensor[]) => ({ outputs: [pass(own[0]!)], lent: [] });
      const { outputs, recording, reason } = backend.record([x], fn);
      this.#recording = recording;
      this.#obstacle = reason;
      this.reason = reason ?? 'it has just been recorded';
      return outputs[0] as Out;
    } catch (error) {
      // Such as too little memory for a pass of its own: the usual way may need less, or says what is wrong.
      this.#obstacle = String(error);
      return this.#plain(x, this.#obstacle);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#forget();
  }

  #plain(x: In, reason: string): Out {
    this.reason = reason;
    return predict(this.#model, x, this.#options);
  }

  #forget(): void {
    this.#recording?.dispose();
    this.#recording = undefined;
    this.#obstacle = undefined;
    this.#facts = [];
  }
}
