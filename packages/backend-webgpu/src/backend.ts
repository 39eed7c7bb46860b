import type { Arithmetic, RecordingBackend } from '@residual/ops';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import * as recording from '#recording';
import { ActivationsBackend } from './activations.js';
import { BindGroups } from './bindGroups.js';
import { type Compute, Deferred } from './deferred.js';
import type { Bindable, Command, Dispatch } from './dispatch.js';
import { type TileSize, tileSizesWith, wideTileSizes } from './matrix/tileSize.js';
import { Pipelines } from './pipelines.js';
import { type ElementType, parameterWords, type Shader, type Storage, takesBoth } from './shader.js';
import { Submissions } from './submissions.js';

const TABLE_USAGE = 0x80 | 0x08; // STORAGE, COPY_DST
const UNIFORM_USAGE = 0x40 | 0x08; // UNIFORM, COPY_DST

/** tfjs's `webgpu` backend, with kernels of several outputs beside its own, in the same passes of the same encoder. */
export class TrainingBackend extends ActivationsBackend {
  /** How matrix products are cut on this device: see `tileFor`. All sizes give the same bits. */
  tileSizes: readonly TileSize[] = tileSizesWith(wideTileSizes[0]!);
  /** What decides the bits of results: where it runs, and how tensors between layers are kept. */
  arithmetic: Arithmetic = {};
  /** See `RecordingBackend` of `@residual/ops`; absent where an app leaves it out. */
  readonly record: RecordingBackend['record'] | undefined;
  readonly #bindGroups: BindGroups;
  readonly #pipelines: Pipelines;
  readonly #small: SmallBuffers;
  readonly #submissions: Submissions;
  readonly #deferred = new Deferred(
    ({ dataId }) => this.incRef(dataId),
    ({ dataId }) => {
      // Its owner may have let go of it before: tfjs was told then that it is still in use.
      if (this.disposeData(dataId)) engine().removeDataId(dataId, this);
    },
  );
  #isDisposed = false;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.#bindGroups = new BindGroups(device);
    this.#pipelines = new Pipelines(device);
    this.#small = new SmallBuffers(this.bufferManager);
    this.onRelease((dataId) => this.#deferred.end(dataId));
    this.#submissions = new Submissions(device.queue);
    this.record = (recording as Partial<typeof recording>).recordsOf?.(this);
  }

  /** Whether tfjs has given this backend up: its device is then destroyed on purpose. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** A buffer with these values, uploaded once and kept: tables that are functions of shapes and options. */
  constant(values: Int32Array | Float32Array): GPUBuffer {
    return this.#small.constant(values, TABLE_USAGE);
  }

  /** A new float32 tensor that is computed when it is used, or as a part of a sum: see {@link deferred}. */
  defer(shape: number[], inputs: readonly TensorInfo[], compute: Compute): TensorInfo {
    const info = this.makeTensorInfo(shape, 'float32');
    this.#deferred.add(info.dataId, inputs, compute);
    return info;
  }

  /** How to compute a tensor from {@link defer}; undefined for others, and once it has been. */
  deferred({ dataId }: TensorInfo): Compute | undefined {
    return this.#deferred.get(dataId);
  }

  /** tfjs calls this before it uses a tensor on the device. */
  override uploadToGPU(dataId: object): void {
    if (this.#deferred.get(dataId) === undefined) super.uploadToGPU(dataId);
    this.#deferred.end(dataId, (compute) => {
      const { shape, dtype } = this.internals.tensorMap.get(dataId);
      const info = { dataId, shape, dtype };
      this.allocate(info);
      compute(info);
    });
    this.widen(dataId);
  }

  /** tfjs takes what is small and not on the device for values that it has. */
  override shouldExecuteOnCPU(
    ...[inputs, threshold]: Parameters<WebGPUBackend['shouldExecuteOnCPU']>
  ): boolean {
    for (const tensor of inputs) if (this.#deferred.get(tensor.dataId)) this.uploadToGPU(tensor.dataId);
    return super.shouldExecuteOnCPU(inputs, threshold);
  }

  /** Records a run of the shader. */
  dispatch<Tensor extends string, Parameter extends string>(
    shader: Shader<Tensor, Parameter>,
    run: Dispatch<NoInfer<Tensor>, NoInfer<Parameter>>,
  ): void {
    const { tensors, parameters, constants = {}, workgroups, changing = false } = run;
    if (workgroups === 0) return;
    this.check();
    const named = tensors as Readonly<Record<string, Bindable>>;
    const storages = new Map<string, Storage>();
    const buffers: GPUBufferBinding[] = [];
    const types = { ...shader.inputs, ...shader.outputs } as Readonly<Record<string, ElementType>>;
    for (const [name, type] of Object.entries(types)) {
      const bound = named[name];
      if (bound === undefined) continue;
      buffers.push(bound instanceof GPUBuffer ? { buffer: bound } : this.#bind(bound, takesBoth(type)));
      storages.set(name, bound instanceof GPUBuffer ? 'float32' : this.storageOf(bound));
    }
    const compiled = this.#pipelines.get(shader, constants, (name) => storages.get(name));
    const words = parameterWords(shader, parameters);
    const uniform = changing ? this.#changing(words) : this.#small.constant(words, UNIFORM_USAGE);
    buffers.push({ buffer: uniform });
    this.run({ name: shader.name, ...compiled, buffers, grid: this.#grid(workgroups) });
  }

  /** Submits what is recorded, and waits until the device has done it. */
  async finish(): Promise<void> {
    if (this.internals.commandEncoder !== null) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
    await this.queue.onSubmittedWorkDone();
  }

  protected override prepareRead(dataId: object): void {
    if (this.#deferred.get(dataId)) this.uploadToGPU(dataId);
    if (this.tensorMap.has(dataId)) this.widen(dataId);
  }

  override submitQueue(): void {
    this.#submissions.submitting(this.internals.dispatchCountInPass);
    super.submitQueue();
  }

  override dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    super.dispose();
    this.device.destroy();
  }

  #bind(info: TensorInfo, inEitherStorage: boolean): GPUBufferBinding {
    if (!(inEitherStorage && this.storageOf(info) === 'float16')) this.uploadToGPU(info.dataId);
    return this.bindingOf(info) as GPUBufferBinding;
  }

  #changing(words: Uint32Array): GPUBuffer {
    const buffer = this.bufferManager.acquireBuffer(words.byteLength, UNIFORM_USAGE);
    // A write goes before the commands that wait to be submitted: the buffer must not be used again until then.
    this.queue.writeBuffer(buffer, 0, words as Uint32Array<ArrayBuffer>);
    this.internals.uniformPendingDisposal.push(buffer);
    return buffer;
  }

  #grid(workgroups: number): [number, number] {
    const limit = this.device.limits.maxComputeWorkgroupsPerDimension;
    if (workgroups <= limit) return [workgroups, 1];
    const columns = Math.min(limit, Math.ceil(Math.sqrt(workgroups)));
    return [columns, Math.ceil(workgroups / columns)];
  }

  /** Records a command. */
  run({ name, pipeline, layout, buffers, bindGroup, grid }: Command): void {
    const { internals } = this;
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
    const pass = internals.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup ?? this.#bindGroups.get(layout, buffers));
    pass.dispatchWorkgroups(...grid);
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

/** Buffers of parameters and tables that never change, by their content: a step uploads none of them again. */
class SmallBuffers {
  readonly #manager: WebGPUBackend['bufferManager'];
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(manager: WebGPUBackend['bufferManager']) {
    this.#manager = manager;
  }

  constant(values: Int32Array | Uint32Array | Float32Array, usage: number): GPUBuffer {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const key = `${usage} ${words}`;
    let buffer = this.#buffers.get(key);
    if (buffer === undefined) {
      buffer = this.#manager.acquireBuffer(words.byteLength, usage, true, false);
      new Uint32Array(buffer.getMappedRange()).set(words);
      buffer.unmap();
      this.#buffers.set(key, buffer);
    }
    return buffer;
  }
}
