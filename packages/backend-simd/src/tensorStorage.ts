import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  type backend_util,
  buffer,
  type DataType,
  type NamedTensorInfoMap,
  type Rank,
  type TensorBuffer,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { Blocks } from './blocks.js';
import type { SimdMemory, SimdMemoryInfo } from './memory.js';
import type { ThreadPool } from './pool.js';
import { Rearrangements } from './rearrangements.js';
import { Recorder } from './recorder.js';
import { MadeTensors, restoringOwners, type StoredTensor, storeValues } from './storedTensor.js';

type BackendValues = backend_util.BackendValues;

/** tfjs's side of the backend: its tensors, where they are stored, and the kernels that run on them one inside the other. */
export class TensorStorage extends MathBackendCPU {
  protected readonly wasm: SimdMemory;
  protected readonly blocks: Blocks;
  protected readonly pool: ThreadPool;
  protected readonly rearrangements: Rearrangements;
  protected readonly recorder: Recorder;
  readonly #made = new MadeTensors();
  /** Ends a tensor of which no kernel's caller knows. */
  readonly #discard = (dataId: object): void =>
    void (this.data.has(dataId) && this.disposeData(dataId, true));

  constructor(memory: SimdMemory, pool: ThreadPool, poisonFreedMemory: boolean) {
    super();
    this.wasm = memory;
    this.pool = pool;
    this.blocks = new Blocks(memory, poisonFreedMemory);
    this.rearrangements = new Rearrangements(this.blocks);
    this.recorder = new Recorder(memory, this.blocks, pool);
  }

  /**
   * Runs a kernel's function: what is released inside is free for others only afterwards, and scratch ends. If it
   * throws, the tensors that it made end too.
   *
   * @param kernel says which it is, for errors
   */
  scope<T>(body: () => T, kernel?: () => string): T {
    return this.#made.during(() => this.blocks.scope(body, kernel), this.#discard);
  }

  /**
   * As `scope`, for one of tfjs's kernels in JavaScript.
   *
   * @param inputs computed first, where they are deferred: there may be no room for them later
   */
  scopeOfStock<T>(inputs: NamedTensorInfoMap, body: () => T, kernel?: () => string): T {
    if (this.recorder.isNoting) this.recorder.spoil(`${kernel?.() ?? 'a kernel'} computes in JavaScript`);
    // Some of tfjs's kernels take lists of tensors, whatever its types say; optional ones may be missing.
    const given = Object.values(inputs)
      .flat()
      .filter((input) => input !== undefined && input !== null);
    const stored = given.map(({ dataId }) => this.stored(dataId));
    if (!this.wasm.shared) for (const tensor of stored) void tensor.pointer;
    return restoringOwners(stored, () =>
      this.#made.during(() => this.blocks.scopeOfViews(body, kernel), this.#discard),
    );
  }

  /** Takes in a tensor made just now. */
  protected add(stored: StoredTensor): object {
    const dataId = {};
    this.data.set(dataId, stored);
    this.#made.add(dataId);
    return dataId;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    this.recorder.spoil('a tensor is made of values in JavaScript');
    return this.add(storeValues(this.wasm, this.blocks, values, { shape, dtype, refCount: 1 }));
  }

  override move(
    dataId: object,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.data.set(dataId, storeValues(this.wasm, this.blocks, values, { shape, dtype, refCount }));
  }

  /** A copy: the memory behind it is reused as soon as the tensor is disposed. */
  override readSync(dataId: object): BackendValues {
    this.recorder.spoil('values are read');
    const values = super.readSync(dataId);
    return ArrayBuffer.isView(values) && values.buffer === this.wasm.memory.buffer ? values.slice() : values;
  }

  /** For kernels in JavaScript: the values in place. */
  override bufferSync<R extends Rank, D extends DataType>(t: TensorInfo): TensorBuffer<R, D> {
    this.recorder.spoil('values are read');
    const { values, dtype } = this.stored(t.dataId);
    if (dtype === 'string' || dtype === 'complex64') return super.bufferSync(t);
    const typed = util.convertBackendValuesAndArrayBuffer(values!, t.dtype) as never;
    return buffer(t.shape as never, t.dtype as D, typed);
  }

  override disposeData(dataId: object, force = false): boolean {
    const stored = this.data.has(dataId) ? this.stored(dataId) : undefined;
    const disposed = super.disposeData(dataId, force);
    if (stored === undefined || this.data.has(dataId)) return disposed;
    if (stored.deferred !== undefined) stored.deferred.cancel();
    else if (stored.pointer !== 0) this.blocks.release(stored.pointer);
    this.rearrangements.release(stored.orders);
    for (const { pointer } of stored.facts.values()) this.blocks.release(pointer);
    return disposed;
  }

  override memory(): SimdMemoryInfo {
    return this.wasm.info;
  }

  /** Ends the threads. The memory goes when the last view on it does. */
  override dispose(): void {
    this.pool.dispose();
  }

  protected stored(dataId: object): StoredTensor {
    return this.data.get(dataId) as StoredTensor;
  }
}
