import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type BackendValues, type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { DeviceMemory, TENSOR_USAGE } from './deviceMemory.js';
import type { WebgpuError } from './error.js';
import type { Internals, Slice, TensorData } from './internals.js';

/** A place of bytes on the device. */
export interface Place {
  buffer: GPUBuffer;
  offset: number;
}

/** A place and how many bytes there are. */
export interface Range extends Place {
  size: number;
}

/**
 * tfjs's `webgpu` backend where several tensors may live in one buffer, each at an offset that it can be bound at: a kernel
 * writes them all through one binding.
 */
export class SharedBuffersBackend extends WebGPUBackend {
  protected readonly internals = this as unknown as Internals;
  readonly #memory: DeviceMemory;
  readonly #beforeRelease: ((dataId: object) => void)[] = [];
  #failure: WebgpuError | undefined;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.#memory = new DeviceMemory(device, this.bufferManager, (error) => this.fail(error));
    // Instance members: tfjs calls these as private methods of its own.
    this.internals.tensorToBinding = (tensor) => this.bindingOf(tensor);
    const release = WebGPUBackend.prototype as unknown as Internals;
    this.internals.releaseResource = (dataId) => {
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

  /** @throws WebgpuError the device's failure, once there is one. */
  protected check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A new tensor on the device, its values undefined. */
  output(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const info = this.makeTensorInfo(shape, dtype);
    this.allocate(info);
    return info;
  }

  /** Gives a new tensor its buffer. */
  protected allocate({ dataId, shape }: TensorInfo): void {
    const size = 4 * util.sizeFromShape(shape);
    const what = `a tensor [${shape}]`;
    this.#memory.requireRoom(size, what);
    if (size > 0) this.#memory.watching(size, what, () => this.uploadToGPU(dataId));
  }

  /** New tensors that share one buffer, and the buffer. */
  slices(shapes: readonly { shape: number[]; dtype?: DataType }[]): {
    infos: TensorInfo[];
    whole: GPUBuffer;
  } {
    const { offsets, size } = this.layOut(shapes.map(({ shape }) => util.sizeFromShape(shape)));
    const whole = this.acquire(size);
    const owners = { count: shapes.length };
    const infos = shapes.map(({ shape, dtype }, i) =>
      this.slice({ buffer: whole, offset: 4 * offsets[i]! }, owners, shape, dtype),
    );
    return { infos, whole };
  }

  /** A new tensor of what lies there. The buffer is given back with the last of its owners. */
  slice({ buffer, offset }: Place, owners: Slice['owners'], shape: number[], dtype?: DataType): TensorInfo {
    const info = this.adopt(buffer, shape, dtype);
    this.data(info.dataId).slice = { offset, size: 4 * util.sizeFromShape(shape), owners };
    return info;
  }

  /** The buffer that a tensor shares with others; undefined where it has one of its own. */
  sharedBuffer({ dataId }: TensorInfo): GPUBuffer | undefined {
    const { resource, slice } = this.data(dataId);
    return slice && (resource as GPUBuffer);
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

  /** A buffer that belongs to the caller until {@link releaseBuffer}. */
  acquire(size: number, what = 'a buffer'): GPUBuffer {
    this.#memory.requireRoom(size, what);
    return this.#memory.watching(size, what, () => this.bufferManager.acquireBuffer(size, TENSOR_USAGE));
  }

  releaseBuffer(buffer: GPUBuffer): void {
    this.bufferManager.releaseBuffer(buffer);
  }

  /** Lends a buffer of `size` bytes for the commands that `use` records. They run in order, so it is free at once. */
  scratch<T>(size: number, use: (buffer: GPUBuffer) => T): T {
    const buffer = this.acquire(size);
    try {
      return use(buffer);
    } finally {
      this.releaseBuffer(buffer);
    }
  }

  /** Gives a buffer from {@link acquire} to a new tensor. */
  adopt(buffer: GPUBuffer, shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const info = this.makeTensorInfo(shape, dtype);
    this.data(info.dataId).resource = buffer;
    return info;
  }

  /** Where a tensor's values are on the device, and how many bytes they are. */
  place(info: TensorInfo): Range {
    this.uploadToGPU(info.dataId);
    const { resource, slice } = this.data(info.dataId);
    const size = 4 * util.sizeFromShape(info.shape);
    return { buffer: resource as GPUBuffer, offset: slice?.offset ?? 0, size };
  }

  /** Records a copy of bytes between buffers. */
  copy(from: Place, to: Place, size: number): void {
    this.check();
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.internals.commandEncoder!.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, size);
  }

  /** Is called before a tensor's memory is given back. */
  onRelease(listener: (dataId: object) => void): void {
    this.#beforeRelease.push(listener);
  }

  /** tfjs keeps what a recorded command uses until it is submitted; commands run in order, so later ones may have it now. */
  override disposeData(dataId: object, force = false): boolean {
    const data = this.tensorMap.has(dataId) ? this.data(dataId) : undefined;
    if (data !== undefined && (force || data.refCount <= 1)) {
      for (const listener of this.#beforeRelease) listener(dataId);
      if (data.resource instanceof GPUBuffer) this.internals.commandQueueOwnedIds.delete(dataId);
    }
    return super.disposeData(dataId, force);
  }

  /** Is called before a tensor's values are read. */
  protected prepareRead(_dataId: object): void {}

  override async read(dataId: object): Promise<BackendValues> {
    this.check();
    this.prepareRead(dataId);
    try {
      const data = this.tensorMap.has(dataId) ? this.data(dataId) : undefined;
      const isSlice = data?.slice !== undefined && data.values == null;
      const values = isSlice ? await this.#readSlice(dataId, data) : await super.read(dataId);
      this.check();
      return values;
    } catch (error) {
      // A lost device says so a moment after what it could no longer do has failed.
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
      throw this.#failure ?? error;
    }
  }

  override readSync(dataId: object): BackendValues {
    this.check();
    this.prepareRead(dataId);
    this.#own(dataId);
    return super.readSync(dataId);
  }

  override readToGPU(dataId: object): ReturnType<WebGPUBackend['readToGPU']> {
    this.prepareRead(dataId);
    this.#own(dataId);
    return super.readToGPU(dataId);
  }

  protected bindingOf(tensor: TensorInfo | undefined): GPUBindingResource | null {
    if (!tensor) return null;
    const { resource, slice } = this.data(tensor.dataId);
    if (resource instanceof GPUTexture) return resource.createView();
    if (!(resource instanceof GPUBuffer)) return resource as GPUExternalTexture;
    return { buffer: resource, ...(slice && { offset: slice.offset, size: slice.size }) };
  }

  protected data(dataId: object): TensorData {
    return this.internals.tensorMap.get(dataId);
  }

  async #readSlice(dataId: object, { resource, slice, dtype }: TensorData): Promise<BackendValues> {
    const own = this.acquire(slice!.size);
    try {
      const from = { buffer: resource as GPUBuffer, offset: slice!.offset };
      this.copy(from, { buffer: own, offset: 0 }, slice!.size);
      const values = util.convertBackendValuesAndArrayBuffer(await this.getBufferData(own), dtype);
      if (this.tensorMap.has(dataId)) this.internals.convertAndCacheOnCPU(dataId, values);
      return values;
    } finally {
      this.releaseBuffer(own);
    }
  }

  /** Returns whether the tensor had a slice, which is given up. */
  #releaseSlice(dataId: object): boolean {
    const data = this.tensorMap.has(dataId) ? this.data(dataId) : undefined;
    if (data?.slice === undefined) return false;
    if (--data.slice.owners.count === 0) this.releaseBuffer(data.resource as GPUBuffer);
    data.resource = null;
    data.slice = undefined;
    return true;
  }

  /** Moves a tensor out of a shared buffer, for the parts of tfjs that take the whole buffer for the tensor. */
  #own(dataId: object): void {
    const data = this.data(dataId);
    const { resource, slice } = data;
    if (slice === undefined) return;
    const own = this.acquire(slice.size);
    this.copy(
      { buffer: resource as GPUBuffer, offset: slice.offset },
      { buffer: own, offset: 0 },
      slice.size,
    );
    this.#releaseSlice(dataId);
    data.resource = own;
  }
}
