import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Deferred } from './deferred.js';
import type { SimdMemory } from './memory.js';

/** Where a tensor's values are, as tfjs's data storage keeps it. */
export class StoredTensor {
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** Set until somebody asks for the values. */
  deferred: Deferred | undefined;
  #pointer = 0;
  #values: backend_util.BackendValues | undefined;
  readonly #memory: SimdMemory;
  readonly #length: number;

  constructor(
    memory: SimdMemory,
    /** The type that the tensor was made with; a cast without loss shares the data and changes only the tensor's. */
    readonly dtype: DataType,
    place:
      | { pointer: number; length: number }
      | { deferred: Deferred; length: number }
      | { values: backend_util.BackendValues | undefined },
    public refCount: number,
  ) {
    this.#memory = memory;
    if ('values' in place) {
      this.#length = 0;
      this.#values = place.values;
      return;
    }
    this.#length = place.length;
    if ('pointer' in place) this.#pointer = place.pointer;
    else this.deferred = place.deferred;
  }

  /** First byte in the backend's memory; 0 when the values are a JavaScript array. Computes what was deferred. */
  get pointer(): number {
    if (this.deferred !== undefined) {
      this.#pointer = this.deferred.compute();
      this.deferred = undefined;
    }
    return this.#pointer;
  }

  /** The values themselves, not a copy: a view on the memory for float32 and int32, an array for the rest. */
  get values(): backend_util.BackendValues | undefined {
    if (this.pointer === 0) return this.#values;
    const { buffer } = this.#memory.memory;
    // Made on first use, as most tensors are only ever seen by kernels, and again when unshared memory has grown.
    if (this.#values === undefined || (this.#values as Float32Array).length !== this.#length) {
      this.#values =
        this.dtype === 'int32'
          ? new Int32Array(buffer, this.pointer, this.#length)
          : new Float32Array(buffer, this.pointer, this.#length);
    }
    return this.#values;
  }
}
