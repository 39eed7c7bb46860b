import type { Arithmetic } from '@residual/ops';
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
import type { ConvolutionAlgorithm } from './convolution/algorithm.js';
import { deferredValues, type Formula } from './deferred.js';
import type { Float, SimdMemory, SimdMemoryInfo } from './memory.js';
import type { BackendSettings } from './options.js';
import { type Call, type ThreadPool, threadsFor } from './pool.js';
import { Rearrangements } from './rearrangements.js';
import { MadeTensors, restoringOwners, StoredTensor, storeValues } from './storedTensor.js';

type BackendValues = backend_util.BackendValues;

/**
 * tfjs's CPU backend with every float32 and int32 tensor in one WebAssembly memory, so that fast kernels see the
 * tensors in place while tfjs's own JavaScript kernels go on working for everything else.
 */
export class SimdBackend extends MathBackendCPU {
  readonly #memory: SimdMemory;
  readonly #blocks: Blocks;
  readonly #pool: ThreadPool;
  readonly #rearrangements: Rearrangements;
  readonly #made = new MadeTensors();
  /** Ends a tensor of which no kernel's caller knows. */
  readonly #discard = (dataId: object): void =>
    void (this.data.has(dataId) && this.disposeData(dataId, true));

  constructor(
    memory: SimdMemory,
    pool: ThreadPool,
    { tileWidth, convolution, arithmetic, poisonFreedMemory }: BackendSettings,
  ) {
    super();
    this.tileWidth = tileWidth;
    this.convolution = convolution;
    this.arithmetic = arithmetic;
    this.#memory = memory;
    this.#pool = pool;
    this.#blocks = new Blocks(memory, poisonFreedMemory);
    this.#rearrangements = new Rearrangements(this.#blocks);
  }

  get threads(): number {
    return this.#pool.threads;
  }

  /** Columns of a matrix product's tile: what is fastest here, 8 or 16. The bits of results don't depend on it. */
  readonly tileWidth: 8 | 16;

  /** What convolutions are asked to use. */
  readonly convolution: ConvolutionAlgorithm | 'auto';

  /** What decides the bits of results, in words. */
  readonly arithmetic: Arithmetic;

  /** Bytes of WebAssembly memory that the backend holds, in use or kept for reuse. */
  heapBytes(): number {
    return this.#memory.heap.size;
  }

  /**
   * Runs a kernel's function: what is released inside is free for others only afterwards, and scratch ends. If it
   * throws, the tensors that it made end too.
   *
   * @param kernel says which it is, for errors
   */
  scope<T>(body: () => T, kernel?: () => string): T {
    return this.#made.during(() => this.#blocks.scope(body, kernel), this.#discard);
  }

  /**
   * As `scope`, for one of tfjs's kernels in JavaScript.
   *
   * @param inputs computed first, where they are deferred: there may be no room for them later
   */
  scopeOfStock<T>(inputs: NamedTensorInfoMap, body: () => T, kernel?: () => string): T {
    // Some of tfjs's kernels take lists of tensors, whatever its types say; optional ones may be missing.
    const given = Object.values(inputs)
      .flat()
      .filter((input) => input !== undefined && input !== null);
    const stored = given.map(({ dataId }) => this.#stored(dataId));
    if (!this.#memory.shared) for (const tensor of stored) void tensor.pointer;
    return restoringOwners(stored, () =>
      this.#made.during(() => this.#blocks.scopeOfViews(body, kernel), this.#discard),
    );
  }

  /** Takes in a tensor made just now. */
  #add(stored: StoredTensor): object {
    const dataId = {};
    this.data.set(dataId, stored);
    this.#made.add(dataId);
    return dataId;
  }

  /**
   * Runs a WebAssembly kernel on all threads (on the caller alone if `work` is small) and returns when it is done.
   *
   * @param args integers and pointers as they are, float32 as `float(x)`
   */
  run(call: string | Call, ...args: (number | Float)[]): void {
    const kernel = typeof call === 'string' ? call : call.kernel;
    this.#pool.run(kernel, this.#memory.writeArguments(args), threadsFor(call));
  }

  /**
   * First byte of a tensor's values, as float32 for a float32 tensor and as int32 for the others. A tensor whose
   * values are elsewhere or of another type (a lossless cast shares the data) is copied for the kernel's duration.
   */
  pointer(info: TensorInfo): number {
    const stored = this.#stored(info.dataId);
    const wanted = info.dtype === 'float32' ? 'float32' : 'int32';
    if (stored.pointer !== 0 && stored.dtype === wanted) return stored.pointer;
    const values = stored.values as ArrayLike<number>;
    const pointer = this.scratch(4 * values.length);
    const target = wanted === 'float32' ? this.#memory.floats : this.#memory.words;
    target.set(values, pointer / 4);
    return pointer;
  }

  /** A new tensor whose values a kernel is about to write: they start as whatever was in that memory. */
  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): { info: TensorInfo; pointer: number } {
    const place = this.#blocks.allocateTensor(shape);
    const dataId = this.#add(new StoredTensor(this.#memory, dtype, place, 1));
    return { info: { dataId, shape, dtype }, pointer: place.pointer };
  }

  /**
   * A new float32 tensor whose values `compute` writes when somebody first asks for them.
   *
   * @param sources pointers that `compute` and the formula need: they stay until then, also when their tensors end
   */
  defer(
    shape: number[],
    formula: Formula,
    sources: number[],
    compute: (pointer: number) => void,
  ): TensorInfo {
    const inScope = (pointer: number) => this.scope(() => compute(pointer));
    const deferred = deferredValues(this.#blocks, { shape, formula, sources, compute: inScope });
    const length = util.sizeFromShape(shape);
    const dataId = this.#add(new StoredTensor(this.#memory, 'float32', { deferred, length }, 1));
    return { dataId, shape, dtype: 'float32' };
  }

  /** What a tensor is made of, while its values have not been computed. */
  formula({ dataId }: TensorInfo): Formula | undefined {
    return this.#stored(dataId).deferred?.formula;
  }

  /**
   * Where a filter's values are in another order: kept with the tensor if they are asked for again and again, as in
   * prediction, else in scratch memory.
   *
   * @param tensor undefined: in scratch memory in any case
   * @param order names the order among all those of this tensor
   */
  rearranged(
    tensor: TensorInfo | undefined,
    order: string,
    bytes: number,
    write: (pointer: number) => void,
  ): number {
    const stored = tensor === undefined ? undefined : this.#stored(tensor.dataId);
    if (stored !== undefined && stored.pointer !== 0 && stored.dtype === 'float32')
      return this.#rearrangements.place(stored.orders, order, bytes, write);
    const pointer = this.scratch(bytes);
    write(pointer);
    return pointer;
  }

  /** Memory for a kernel's own use, until the outermost kernel returns. */
  scratch(bytes: number): number {
    return this.#blocks.scratch(bytes);
  }

  /** The whole memory as float32 and as 32-bit words (index = byte / 4). Ask on each use: it may grow. */
  get floats(): Float32Array {
    return this.#memory.floats;
  }

  get words(): Int32Array {
    return this.#memory.words;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    return this.#add(storeValues(this.#memory, this.#blocks, values, { shape, dtype, refCount: 1 }));
  }

  override move(
    dataId: object,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.data.set(dataId, storeValues(this.#memory, this.#blocks, values, { shape, dtype, refCount }));
  }

  /** A copy: the memory behind it is reused as soon as the tensor is disposed. */
  override readSync(dataId: object): BackendValues {
    const values = super.readSync(dataId);
    return ArrayBuffer.isView(values) && values.buffer === this.#memory.memory.buffer
      ? values.slice()
      : values;
  }

  /** For kernels in JavaScript: the values in place. */
  override bufferSync<R extends Rank, D extends DataType>(t: TensorInfo): TensorBuffer<R, D> {
    const { values, dtype } = this.#stored(t.dataId);
    if (dtype === 'string' || dtype === 'complex64') return super.bufferSync(t);
    const typed = util.convertBackendValuesAndArrayBuffer(values!, t.dtype) as never;
    return buffer(t.shape as never, t.dtype as D, typed);
  }

  override disposeData(dataId: object, force = false): boolean {
    const stored = this.data.has(dataId) ? this.#stored(dataId) : undefined;
    const disposed = super.disposeData(dataId, force);
    if (stored === undefined || this.data.has(dataId)) return disposed;
    if (stored.deferred !== undefined) stored.deferred.cancel();
    else if (stored.pointer !== 0) this.#blocks.release(stored.pointer);
    this.#rearrangements.release(stored.orders);
    return disposed;
  }

  override memory(): SimdMemoryInfo {
    return this.#memory.info;
  }

  /** Ends the threads. The memory goes when the last view on it does. */
  override dispose(): void {
    this.#pool.dispose();
  }

  #stored(dataId: object): StoredTensor {
    return this.data.get(dataId) as StoredTensor;
  }
}
