import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Blocks } from './blocks.js';
import type { Deferred } from './deferred.js';
import type { SimdMemory } from './memory.js';
import type { Orders } from './rearrangements.js';

/**
 * What one kernel knows about a tensor's values and a later kernel can use instead of reading large tensors once more. Nothing depends on it but
 * time: a kernel that finds nothing computes the same bits.
 *
 * - forwardCoefficients, of the mean that `batchNorm` returned: [3, C] (mean, factor, summand) that made y, so that its gradient needn't read y.
 * - channelSums, of the dx that `batchNormGradient` returned: [C], the bias gradient of a convolution before.
 */
export type Fact = 'forwardCoefficients' | 'channelSums';

/** Where a tensor's values are, as tfjs's data storage keeps it. */
export class StoredTensor {
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** Set until somebody asks for the values. */
  deferred: Deferred | undefined;
  /** The values in other orders. */
  readonly orders: Orders = new Map();
  /** Blocks of which the tensor is an owner. */
  readonly facts = new Map<Fact, { pointer: number; length: number }>();
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

/** Copies numbers into the memory: tfjs's `values` may be the caller's own array, or a view on another tensor. */
export function storeValues(
  memory: SimdMemory,
  blocks: Blocks,
  values: backend_util.BackendValues | undefined,
  { shape, dtype, refCount }: { shape: number[]; dtype: DataType; refCount: number },
): StoredTensor {
  const numbers = ArrayBuffer.isView(values) ? values : undefined; // of any realm, so known by its tag
  const isFloat = dtype === 'float32' && numbers?.[Symbol.toStringTag] === 'Float32Array';
  const isInteger = dtype === 'int32' && numbers?.[Symbol.toStringTag] === 'Int32Array';
  if (numbers !== undefined && (isFloat || isInteger)) {
    const place = blocks.tryAllocateTensor(shape);
    if (place === undefined) return new StoredTensor(memory, dtype, { values: numbers.slice() }, refCount);
    if (isFloat) memory.floats.set(numbers, place.pointer / 4);
    else memory.words.set(numbers, place.pointer / 4);
    return new StoredTensor(memory, dtype, place, refCount);
  }
  return new StoredTensor(memory, dtype, { values: numbers?.slice() ?? values }, refCount);
}

/** Runs one of tfjs's kernels: when it throws, what it still owned of its inputs (their casts) is given up. */
export function restoringOwners<T>(inputs: StoredTensor[], body: () => T): T {
  const before = inputs.map(({ refCount }) => refCount);
  try {
    return body();
  } catch (error) {
    for (const [i, input] of inputs.entries()) input.refCount = before[i]!;
    throw error;
  }
}

/** The tensors that running kernels have made. Should a kernel fail, nobody else knows of them. */
export class MadeTensors {
  readonly #dataIds: object[] = [];
  #depth = 0;

  /** Notes a tensor made just now. */
  add(dataId: object): void {
    if (this.#depth > 0) this.#dataIds.push(dataId);
  }

  /** Runs a kernel's function; if it throws, `discard` gets each tensor that was made meanwhile. */
  during<T>(body: () => T, discard: (dataId: object) => void): T {
    const before = this.#dataIds.length;
    this.#depth++;
    try {
      return body();
    } catch (error) {
      for (const dataId of this.#dataIds.splice(before)) discard(dataId);
      throw error;
    } finally {
      this.#depth--;
      // What a kernel within a kernel has made, the outer one may still lose.
      if (this.#depth === 0) this.#dataIds.length = 0;
    }
  }
}
