import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';

/**
 * Sums over channels that come for free and are asked for later: a convolution's filter gradient has dy in its tiles, so it
 * adds it up for the bias, whose gradient tfjs asks for next.
 */
class PromisedSums {
  readonly #backend: TrainingBackend;
  /** Inputs of a convolution with a bias. */
  readonly #expected = new WeakSet<object>();
  /** By the summed tensor. */
  readonly #sums = new Map<object, GPUBuffer>();

  constructor(backend: TrainingBackend) {
    this.#backend = backend;
    backend.onRelease((dataId) => this.#forget(dataId));
  }

  /** A convolution of x has a bias. */
  expect(x: TensorInfo): void {
    this.#expected.add(x.dataId);
  }

  /** A buffer for the sum of dy, which a kernel is about to write; undefined where nobody will ask for it. */
  promise(x: TensorInfo, dy: TensorInfo): GPUBuffer | undefined {
    if (!this.#expected.has(x.dataId)) return undefined;
    this.#forget(dy.dataId);
    const buffer = this.#backend.acquire(4 * dy.shape[dy.shape.length - 1]!);
    this.#sums.set(dy.dataId, buffer);
    return buffer;
  }

  /** The sum of a tensor if it has been promised; it belongs to the caller. */
  take(x: TensorInfo): GPUBuffer | undefined {
    const sum = this.#sums.get(x.dataId);
    this.#sums.delete(x.dataId);
    return sum;
  }

  #forget(dataId: object): void {
    const sum = this.#sums.get(dataId);
    if (sum === undefined) return;
    this.#sums.delete(dataId);
    this.#backend.releaseBuffer(sum);
  }
}

const byBackend = new WeakMap<TrainingBackend, PromisedSums>();

export function promisedSums(backend: TrainingBackend): PromisedSums {
  let sums = byBackend.get(backend);
  if (sums === undefined) {
    sums = new PromisedSums(backend);
    byBackend.set(backend, sums);
  }
  return sums;
}
