import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.js';

/** One of tfjs's kernels, as this backend runs it. */
export interface WebgpuKernel<
  Inputs extends object = NamedTensorInfoMap,
  Attributes extends object = NamedAttrMap,
> {
  kernelName: string;
  kernelFunc(params: KernelParams<Inputs, Attributes>): TensorInfo | TensorInfo[];
}

export interface KernelParams<Inputs extends object, Attributes extends object> {
  inputs: Inputs;
  attrs: Attributes;
  backend: TrainingBackend;
}
