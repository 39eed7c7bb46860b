import type { BackendValues, DataStorage, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Storage } from './shader.js';

/** A place in a buffer that several tensors share; see `TrainingBackend.slices`. */
export interface Slice {
  readonly offset: number;
  readonly size: number;
  /** How many tensors still live in the buffer. */
  readonly owners: { count: number };
}

/** What tfjs's webgpu backend keeps for each tensor, and the slice that is ours. */
export interface TensorData {
  values: BackendValues | null | undefined;
  dtype: DataType;
  shape: number[];
  refCount: number;
  resource?: GPUBuffer | GPUTexture | GPUExternalTexture | null;
  external?: boolean;
  slice?: Slice;
  /** Default: float32. */
  storage?: Storage;
}

/** What tfjs's webgpu backend keeps of a program of its own that is about to run. */
export interface Program {
  pipeline: GPUComputePipeline;
  dispatch: [x: number, y: number, z: number];
}

/**
 * The private parts of tfjs's `WebGPUBackend` (4.22) that kernels with several outputs need: its programs have one output, and
 * dispatches of ours must go into the same pass of the same encoder as its own.
 */
export interface Internals {
  tensorMap: DataStorage<TensorData>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  commandQueueOwnedIds: WeakSet<object>;
  uniformPendingDisposal: GPUBuffer[];
  activeTimers: { name: string; query: Promise<number> }[] | undefined | null;
  supportTimestampQuery: boolean;
  querySet: GPUQuerySet | null;
  querySetCount: number;
  convertAndCacheOnCPU(dataId: object, values: BackendValues): BackendValues;
  releaseResource(dataId: object): void;
  tensorToBinding(tensor: TensorInfo | undefined): GPUBindingResource | null;
  makeUniforms(uniforms: unknown): GPUBufferBinding;
  recordAndSubmit(program: Program, ...rest: unknown[]): void;
}
