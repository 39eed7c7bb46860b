import type { Arithmetic, RecordingBackend } from '@residual/ops';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import * as recording from '#recording';
import type { ConvolutionAlgorithm } from './convolution/algorithm.js';
import { deferredValues, type Formula, pointersOf } from './deferred.js';
import type { Float, SimdMemory } from './memory.js';
import type { BackendSettings } from './options.js';
import { type Call, type ThreadPool, threadsFor } from './pool.js';
import { type Fact, StoredTensor } from './storedTensor.js';
import { TensorStorage } from './tensorStorage.js';

/**
 * tfjs's CPU backend with every float32 and int32 tensor in one WebAssembly memory, so that fast kernels see the
 * tensors in place while tfjs's own JavaScript kernels go on working for everything else.
 */
export class SimdBackend extends TensorStorage {
  constructor(
    memory: SimdMemory,
    pool: ThreadPool,
    { tileWidth, convolution, arithmetic, poisonFreedMemory }: BackendSettings,
  ) {
    super(memory, pool, poisonFreedMemory);
    this.tileWidth = tileWidth;
    this.convolution = convolution;
    this.arithmetic = arithmetic;
    const parts = { backend: this, memory, blocks: this.blocks, pool, recorder: this.recorder };
    this.record = (recording as Partial<typeof recording>).recordsOf?.(parts);
  }

  get threads(): number {
    return this.pool.threads;
  }

  /** Columns of a matrix product's tile: what is fastest here, 8 or 16. The bits of results don't depend on it. */
  readonly tileWidth: 8 | 16;

  /** What convolutions are asked to use. */
  readonly convolution: ConvolutionAlgorithm | 'auto';

  /** What decides the bits of results, in words. */
  readonly arithmetic: Arithmetic;

  /** See `RecordingBackend` of `@residual/ops`; absent where an app leaves it out. */
  readonly record: RecordingBackend['record'] | undefined;

  /** Bytes of WebAssembly memory that the backend holds, in use or kept for reuse. */
  heapBytes(): number {
    return this.wasm.heap.size;
  }

  /**
   * Runs a WebAssembly kernel on all threads (on the caller alone if `work` is small) and returns when it is done.
   *
   * @param args integers and pointers as they are, float32 as `float(x)`
   */
  run(call: string | Call, ...args: (number | Float)[]): void {
    this.recorder.run(typeof call === 'string' ? call : call.kernel, args, threadsFor(call));
  }

  /**
   * First byte of a tensor's values, as float32 for a float32 tensor and as int32 for the others. A tensor whose
   * values are elsewhere or of another type (a lossless cast shares the data) is copied for the kernel's duration.
   */
  pointer(info: TensorInfo): number {
    const stored = this.stored(info.dataId);
    const wanted = info.dtype === 'float32' ? 'float32' : 'int32';
    if (stored.pointer !== 0 && stored.dtype === wanted) return this.recorder.read(stored.pointer);
    this.recorder.spoil('a kernel reads values that JavaScript holds');
    const values = stored.values as ArrayLike<number>;
    const pointer = this.scratch(4 * values.length);
    const target = wanted === 'float32' ? this.wasm.floats : this.wasm.words;
    target.set(values, pointer / 4);
    return pointer;
  }

  /** A new tensor whose values a kernel is about to write: they start as whatever was in that memory. */
  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): { info: TensorInfo; pointer: number } {
    const place = this.blocks.allocateTensor(shape);
    const dataId = this.add(new StoredTensor(this.wasm, dtype, place, 1));
    return { info: { dataId, shape, dtype }, pointer: place.pointer };
  }

  /** A new tensor of values that are there: one owner more of their block. */
  tensorAt(
    pointer: number,
    shape: number[],
    dtype: 'float32' | 'int32' = 'float32',
  ): { info: TensorInfo; pointer: number } {
    this.blocks.share(pointer);
    const place = { pointer, length: util.sizeFromShape(shape) };
    const dataId = this.add(new StoredTensor(this.wasm, dtype, place, 1));
    return { info: { dataId, shape, dtype }, pointer };
  }

  /** Where a tensor's values are in memory; 0 where they are elsewhere or of another type. Computes what was deferred. */
  placeOf({ dataId, dtype }: TensorInfo): number {
    const stored = this.stored(dataId);
    return stored.dtype === dtype ? stored.pointer : 0;
  }

  /**
   * As `output`, for the next values of a float32 tensor that nobody reads any more: in its own place, unless somebody else has that too, as a
   * clone does, or a recording.
   */
  outputInPlaceOf(info: TensorInfo): { info: TensorInfo; pointer: number } {
    const pointer = this.placeOf(info);
    const isFree = pointer !== 0 && this.stored(info.dataId).refCount === 1 && !this.blocks.isShared(pointer);
    return isFree && !this.recorder.isNoting ? this.tensorAt(pointer, info.shape) : this.output(info.shape);
  }

  /** Keeps what a kernel knows about a tensor, in a block of its scratch memory, for as long as the tensor's data. */
  remember({ dataId }: TensorInfo, fact: Fact, pointer: number, length: number): void {
    this.blocks.share(pointer);
    this.stored(dataId).facts.set(fact, { pointer, length });
  }

  /** Where that is; undefined where nothing is known, or of another length. */
  remembered({ dataId }: TensorInfo, fact: Fact, length: number): number | undefined {
    const known = this.stored(dataId).facts.get(fact);
    return known?.length === length ? this.recorder.read(known.pointer) : undefined;
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
    const deferred = deferredValues(this.blocks, { shape, formula, sources, compute: inScope });
    const length = util.sizeFromShape(shape);
    const dataId = this.add(new StoredTensor(this.wasm, 'float32', { deferred, length }, 1));
    return { dataId, shape, dtype: 'float32' };
  }

  /** What a tensor is made of, while its values have not been computed. */
  formula({ dataId }: TensorInfo): Formula | undefined {
    const formula = this.stored(dataId).deferred?.formula;
    if (formula !== undefined) for (const pointer of pointersOf(formula)) this.recorder.read(pointer);
    return formula;
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
    const stored = tensor === undefined ? undefined : this.stored(tensor.dataId);
    const isKept = stored !== undefined && stored.pointer !== 0 && stored.dtype === 'float32';
    if (isKept && this.recorder.isApart(stored.pointer)) {
      const isLasting = this.recorder.isNoting;
      const place = () => this.rearrangements.place(stored.orders, order, bytes, write, isLasting);
      return this.recorder.read(this.recorder.apart(place));
    }
    const pointer = this.scratch(bytes);
    write(pointer);
    return pointer;
  }

  /** Memory for a kernel's own use, until the outermost kernel returns. */
  scratch(bytes: number): number {
    return this.blocks.scratch(bytes);
  }

  /**
   * Scratch memory with values that kernels only read.
   *
   * @param write fills it; not called again when a recording is played
   */
  constants(bytes: number, write: (pointer: number) => void): number {
    const fill = () => {
      const pointer = this.scratch(bytes);
      write(pointer);
      return pointer;
    };
    return this.recorder.read(this.recorder.apart(fill));
  }

  /** Copies 32-bit values from one byte pointer to another; again when a recording is played. */
  copy(from: number, to: number, count: number): void {
    this.recorder.copy(from, to, count);
  }

  /**
   * The whole memory as float32 and as 32-bit words (index = byte / 4). Ask on each use: it may grow. What a kernel does here by itself
   * can't be recorded.
   */
  get floats(): Float32Array {
    this.recorder.spoil('a kernel reads or writes values in JavaScript');
    return this.wasm.floats;
  }

  get words(): Int32Array {
    this.recorder.spoil('a kernel reads or writes values in JavaScript');
    return this.wasm.words;
  }
}
