import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import { copyInto } from './gatherTensors.js';

/** Gradients that their norm has brought together, kept until the first of them is given back: the update comes before that. */
class GatheredGradients {
  readonly #backend: TrainingBackend;
  #tensors: readonly object[] = [];
  #buffer: GPUBuffer | undefined;

  constructor(backend: TrainingBackend) {
    this.#backend = backend;
    backend.onRelease((dataId) => {
      if (this.#tensors.includes(dataId)) this.#forget();
    });
  }

  /** One buffer that holds all of them, each at the offset that `TrainingBackend.layOut` gives it. It stays ours. */
  of(gradients: readonly TensorInfo[]): GPUBuffer {
    const isKept =
      gradients.length === this.#tensors.length &&
      gradients.every(({ dataId }, i) => dataId === this.#tensors[i]);
    if (this.#buffer !== undefined && isKept) return this.#buffer;
    this.#forget();
    const { size } = this.#backend.layOut(gradients.map(({ shape }) => util.sizeFromShape(shape)));
    this.#buffer = this.#backend.acquire(size);
    this.#tensors = gradients.map(({ dataId }) => dataId);
    copyInto(this.#backend, gradients, this.#buffer);
    return this.#buffer;
  }

  #forget(): void {
    if (this.#buffer !== undefined) this.#backend.releaseBuffer(this.#buffer);
    this.#buffer = undefined;
    this.#tensors = [];
  }
}

const byBackend = new WeakMap<TrainingBackend, GatheredGradients>();

export function gatheredGradients(backend: TrainingBackend): GatheredGradients {
  let gradients = byBackend.get(backend);
  if (gradients === undefined) {
    gradients = new GatheredGradients(backend);
    byBackend.set(backend, gradients);
  }
  return gradients;
}
