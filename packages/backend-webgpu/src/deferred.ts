import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Records the commands that compute a tensor into `output`, plus `addend` where there is one. */
export type Compute = (output: TensorInfo, addend?: TensorInfo) => void;

interface Entry {
  compute: Compute;
  /** What it reads, kept until then. */
  inputs: readonly TensorInfo[];
}

/**
 * Tensors that are not computed before they are used: a sum with one of them that is asked for first is computed in one pass, and the
 * tensor itself never.
 */
export class Deferred {
  readonly #entries = new Map<object, Entry>();
  readonly #retain: (input: TensorInfo) => void;
  readonly #release: (input: TensorInfo) => void;

  constructor(retain: (input: TensorInfo) => void, release: (input: TensorInfo) => void) {
    this.#retain = retain;
    this.#release = release;
  }

  add(dataId: object, inputs: readonly TensorInfo[], compute: Compute): void {
    for (const input of inputs) this.#retain(input);
    this.#entries.set(dataId, { compute, inputs });
  }

  /** How to compute the tensor into another; undefined where it is no deferred one. */
  get(dataId: object): Compute | undefined {
    return this.#entries.get(dataId)?.compute;
  }

  /** Ends the deferral: `use` is given how to compute the tensor, where it was deferred and is needed now. */
  end(dataId: object, use: (compute: Compute) => void = () => {}): void {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) return;
    this.#entries.delete(dataId);
    try {
      use(entry.compute);
    } finally {
      for (const input of entry.inputs) this.#release(input);
    }
  }
}
