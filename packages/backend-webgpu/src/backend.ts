import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type BackendValues, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { WebgpuError } from './error.js';
import type { Internals, TensorData } from './internals.js';
import { type TileSize, tileSizes } from './matrix/tileSize.js';
import { type Pipeline, Pipelines } from './pipelines.js';
import { parameterWords, type Shader, type ShaderConstants } from './shader.js';
import { SmallBuffers } from './smallBuffers.js';
import { Submissions } from './submissions.js';

const TENSOR_USAGE = 0x80 | 0x04 | 0x08; // STORAGE, COPY_SRC, COPY_DST: what tfjs gives a tensor's buffer
const UNIFORM_USAGE = 0x40 | 0x08; // UNIFORM, COPY_DST

/** What a shader's name may stand for: a tensor, a buffer, or nothing where the shader's constants say so. */
export type Bindable = TensorInfo | GPUBuffer | undefined;

export interface Dispatch<Tensor extends string, Parameter extends string> {
  tensors: Readonly<Record<Tensor, Bindable>>;
  parameters: Readonly<Record<Parameter, number>>;
  constants?: ShaderConstants;
  /** How many workgroups, in one number: the shader finds its own as x + y * (count of x), and skips what is too many. */
  workgroups: number;
  /** The parameters are others in each step (a learning rate): don't keep their buffer for the next dispatch. */
  changing?: boolean;
}

/** tfjs's `webgpu` backend, with what kernels of several outputs need of it. Its own kernels run on it as before. */
export class TrainingBackend extends WebGPUBackend {
  /** How matrix products are cut on this device: all sizes give the same bits. */
  tileSize: TileSize = tileSizes[0]!;
  readonly #internals = this as unknown as Internals;
  readonly #pipelines: Pipelines;
  readonly #small: SmallBuffers;
  readonly #submissions: Submissions;
  readonly #beforeRelease: ((dataId: object) => void)[] = [];
  #failure: WebgpuError | undefined;
  #isDisposed = false;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.#pipelines = new Pipelines(device);
    this.#small = new SmallBuffers(this.bufferManager);
    this.#submissions = new Submissions(device.queue);
    // Instance members: tfjs calls these as private methods of its own.
    this.#internals.tensorToBinding = (tensor) => this.#bindingOf(tensor);
    const release = WebGPUBackend.prototype as unknown as Internals;
    this.#internals.releaseResource = (dataId) => {
      if (!this.#releaseSlice(dataId)) release.releaseResource.call(this, dataId);
    };
  }

  /** The first thing that went wrong on the device. From then on nothing it computes can be trusted. */
  get failure(): WebgpuError | undefined {
    return this.#failure;
  }

  /** Makes every later dispatch and read fail with this error; the first one wins. */
  fail(error: WebgpuError): void {
    this.#failure ??= error;
  }

  /** A new tensor on the device, its values undefined. */
  output(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const info = this.makeTensorInfo(shape, dtype);
    if (util.sizeFromShape(shape) > 0) this.uploadToGPU(info.dataId);
    return info;
  }

  /** New tensors that share one buffer, each at an offset that it can be bound at; and the buffer's tensor-like whole. */
  slices(shapes: readonly { shape: number[]; dtype?: DataType }[]): {
    infos: TensorInfo[];
    whole: GPUBuffer;
  } {
    const { offsets, size } = this.layOut(shapes.map(({ shape }) => util.sizeFromShape(shape)));
    const whole = this.#acquire(size, `${shapes.length} tensors`);
    const owners = { count: shapes.length };
    const infos = shapes.map(({ shape, dtype = 'float32' }, i) => {
      const info = this.makeTensorInfo(shape, dtype);
      const data = this.#data(info.dataId);
      data.resource = whole;
      data.slice = { offset: 4 * offsets[i]!, size: 4 * util.sizeFromShape(shape), owners };
      return info;
    });
    return { infos, whole };
  }

  /** Where tensors of these many elements begin in a shared buffer, in elements, and the buffer's size in bytes. */
  layOut(sizes: readonly number[]): { offsets: number[]; size: number } {
    const step = this.device.limits.minStorageBufferOffsetAlignment / 4;
    let end = 0;
    const offsets = sizes.map((size) => {
      const offset = end;
      end = Math.ceil((end + size) / step) * step;
      return offset;
    });
    return { offsets, size: 4 * end };
  }

  /** Lends a buffer of `size` bytes for the dispatches that `use` records. Commands run in order, so it is free at once. */
  scratch<T>(size: number, use: (buffer: GPUBuffer) => T): T {
    const buffer = this.#acquire(size, 'scratch memory');
    try {
      return use(buffer);
    } finally {
      this.bufferManager.releaseBuffer(buffer);
    }
  }

  /** A buffer that belongs to the caller until `releaseBuffer`. */
  acquire(size: number): GPUBuffer {
    return this.#acquire(size, 'a buffer');
  }

  releaseBuffer(buffer: GPUBuffer): void {
    this.bufferManager.releaseBuffer(buffer);
  }

  /** Gives a buffer from {@link acquire} to a new tensor. */
  adopt(buffer: GPUBuffer, shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const info = this.makeTensorInfo(shape, dtype);
    this.#data(info.dataId).resource = buffer;
    return info;
  }

  /** Is called before a tensor's memory is given back. */
  onRelease(listener: (dataId: object) => void): void {
    this.#beforeRelease.push(listener);
  }

  /** A buffer with these values, uploaded once and kept: tables that are functions of shapes and options. */
  constant(values: Int32Array | Float32Array): GPUBuffer {
    return this.#small.constant(values, TENSOR_USAGE);
  }

  /** The place of a tensor's values on the device. */
  place(info: TensorInfo): { buffer: GPUBuffer; offset: number; size: number } {
    this.uploadToGPU(info.dataId);
    const { resource, slice } = this.#data(info.dataId);
    const size = 4 * util.sizeFromShape(info.shape);
    return { buffer: resource as GPUBuffer, offset: slice?.offset ?? 0, size };
  }

  /** Records a copy of bytes between buffers. */
  copy(
    from: { buffer: GPUBuffer; offset: number },
    to: { buffer: GPUBuffer; offset: number },
    size: number,
  ): void {
    this.#check();
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.#internals.commandEncoder!.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, size);
  }

  /** Records a run of the shader. */
  dispatch<Tensor extends string, Parameter extends string>(
    shader: Shader<Tensor, Parameter>,
    {
      tensors,
      parameters,
      constants = {},
      workgroups,
      changing = false,
    }: Dispatch<NoInfer<Tensor>, NoInfer<Parameter>>,
  ): void {
    if (workgroups === 0) return;
    this.#check();
    const named = tensors as Readonly<Record<string, Bindable>>;
    const pipeline = this.#pipelines.get(shader, constants, (name) => named[name] !== undefined);
    const names = [...Object.keys(shader.inputs), ...Object.keys(shader.outputs)];
    const resources = names
      .map((name) => named[name])
      .filter((bound) => bound !== undefined)
      .map((bound) => (bound instanceof GPUBuffer ? { buffer: bound } : this.#upload(bound)));
    const words = parameterWords(shader, parameters);
    const uniform = changing ? this.#changing(words) : this.#small.constant(words, UNIFORM_USAGE);
    const bindGroup = this.device.createBindGroup({
      layout: pipeline.layout,
      entries: [...resources, { buffer: uniform }].map((resource, binding) => ({ binding, resource })),
    });
    this.#record(shader.name, pipeline, bindGroup, this.#grid(workgroups));
  }

  /** tfjs keeps what a recorded command uses until it is submitted; commands run in order, so later ones may have it now. */
  override disposeData(dataId: object, force = false): boolean {
    const data = this.tensorMap.has(dataId) ? this.#data(dataId) : undefined;
    if (data !== undefined && (force || data.refCount <= 1)) {
      for (const listener of this.#beforeRelease) listener(dataId);
      if (data.resource instanceof GPUBuffer) this.#internals.commandQueueOwnedIds.delete(dataId);
    }
    return super.disposeData(dataId, force);
  }

  /** Whether tfjs has given this backend up: its device is then destroyed on purpose. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  override dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    super.dispose();
    this.device.destroy();
  }

  /** Submits what is recorded, and waits until the device has done it. */
  async finish(): Promise<void> {
    if (this.#internals.commandEncoder !== null) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
    await this.queue.onSubmittedWorkDone();
  }

  override submitQueue(): void {
    this.#submissions.submitting(this.#internals.dispatchCountInPass);
    super.submitQueue();
  }

  override async read(dataId: object): Promise<BackendValues> {
    this.#check();
    const data = this.tensorMap.has(dataId) ? this.#data(dataId) : undefined;
    if (data?.slice !== undefined && data.values == null) this.#own(dataId);
    try {
      const values = await super.read(dataId);
      this.#check();
      return values;
    } catch (error) {
      // The cause is told apart from what followed from it; a lost device says so a moment later.
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
      throw this.#failure ?? error;
    }
  }

  override readSync(dataId: object): BackendValues {
    this.#check();
    if (this.#data(dataId).slice !== undefined) this.#own(dataId);
    return super.readSync(dataId);
  }

  override readToGPU(dataId: object): ReturnType<WebGPUBackend['readToGPU']> {
    if (this.#data(dataId).slice !== undefined) this.#own(dataId);
    return super.readToGPU(dataId);
  }

  #data(dataId: object): TensorData {
    return this.#internals.tensorMap.get(dataId);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #acquire(size: number, what: string): GPUBuffer {
    const limit = Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize);
    if (size > limit) {
      throw new WebgpuError(
        'LIMIT',
        `webgpu: expected buffers of at most ${limit} bytes on this device, received ${what} of ${size} bytes. Use a smaller batch.`,
      );
    }
    return this.bufferManager.acquireBuffer(size, TENSOR_USAGE);
  }

  #upload(info: TensorInfo): GPUBindingResource {
    this.uploadToGPU(info.dataId);
    return this.#bindingOf(info)!;
  }

  #bindingOf(tensor: TensorInfo | undefined): GPUBindingResource | null {
    if (!tensor) return null;
    const { resource, slice } = this.#data(tensor.dataId);
    if (resource instanceof GPUTexture) return resource.createView();
    if (!(resource instanceof GPUBuffer)) return resource as GPUExternalTexture;
    return slice === undefined
      ? { buffer: resource }
      : { buffer: resource, offset: slice.offset, size: slice.size };
  }

  /** Returns whether the tensor had a slice, which is given up. */
  #releaseSlice(dataId: object): boolean {
    const data = this.tensorMap.has(dataId) ? this.#data(dataId) : undefined;
    if (data?.slice === undefined) return false;
    if (--data.slice.owners.count === 0) this.bufferManager.releaseBuffer(data.resource as GPUBuffer);
    data.resource = null;
    data.slice = undefined;
    return true;
  }

  /** Moves a tensor out of a shared buffer, for the parts of tfjs that take the whole buffer for the tensor. */
  #own(dataId: object): void {
    const data = this.#data(dataId);
    const { resource, slice } = data;
    const own = this.#acquire(slice!.size, `[${data.shape}]`);
    this.copy(
      { buffer: resource as GPUBuffer, offset: slice!.offset },
      { buffer: own, offset: 0 },
      slice!.size,
    );
    this.#releaseSlice(dataId);
    data.resource = own;
  }

  #changing(words: Uint32Array): GPUBuffer {
    const buffer = this.bufferManager.acquireBuffer(words.byteLength, UNIFORM_USAGE);
    // A write goes before the commands that wait to be submitted: the buffer must not be used again until then.
    this.queue.writeBuffer(buffer, 0, words as Uint32Array<ArrayBuffer>);
    this.#internals.uniformPendingDisposal.push(buffer);
    return buffer;
  }

  #grid(workgroups: number): [number, number] {
    const limit = this.device.limits.maxComputeWorkgroupsPerDimension;
    if (workgroups <= limit) return [workgroups, 1];
    const columns = Math.min(limit, Math.ceil(Math.sqrt(workgroups)));
    return [columns, Math.ceil(workgroups / columns)];
  }

  #record(name: string, { pipeline }: Pipeline, bindGroup: GPUBindGroup, [x, y]: [number, number]): void {
    const internals = this.#internals;
    const isTimed = internals.activeTimers != null;
    this.ensureCommandEncoderReady();
    if (isTimed && internals.supportTimestampQuery) {
      this.endComputePassEncoder();
      internals.querySet ??= this.device.createQuerySet({
        type: 'timestamp',
        count: internals.querySetCount,
      });
      const timestampWrites = {
        querySet: internals.querySet,
        beginningOfPassWriteIndex: 0,
        endOfPassWriteIndex: 1,
      };
      internals.computePassEncoder = internals.commandEncoder!.beginComputePass({ timestampWrites });
    } else {
      internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass();
    }
    const pass = internals.computePassEncoder!;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y);
    internals.dispatchCountInPass++;
    if (isTimed) {
      this.endComputePassEncoder();
      internals.activeTimers!.push({ name, query: this.getQueryTime() });
    } else if (internals.dispatchCountInPass >= this.#submissions.batchSize) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
  }
}
