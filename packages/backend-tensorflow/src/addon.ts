import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** A tensor of the native side: its number there, and TensorFlow's number for its type. */
export interface Handle {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute of an operation as the addon takes it. */
export interface AddonAttribute {
  name: string;
  type: number;
  value: boolean | number | string | number[];
}

/** What the native addon `tfjs_binding.node` of tfjs-node exports, as far as it is used here. */
export interface Addon {
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  isUsingGpuDevice(): boolean;
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: AddonAttribute[], inputs: number[], outputs: number): Handle[];
}

/** tfjs-node's backend, as far as it is used here. */
export interface TensorflowBackend extends KernelBackend {
  readonly binding: Addon;
  readonly isUsingGpuDevice: boolean;
  /** Their numbers on the native side; values that are still in JavaScript are handed over first. */
  getInputTensorIds(tensors: TensorInfo[]): number[];
  /** Makes a native tensor one of tfjs's. */
  createOutputTensor(handle: Handle): TensorInfo;
}
