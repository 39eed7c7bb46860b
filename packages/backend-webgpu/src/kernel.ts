import type { KernelContract, KernelParams } from '@residual/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.js';

/** A kernel of `@residual/ops`, as this backend runs it. */
export interface WebgpuKernel<Name extends keyof KernelContract> {
  kernelName: Name;
  kernelFunc(params: KernelParams<Name> & { backend: TrainingBackend }): TensorInfo | TensorInfo[];
}

/** One of TensorFlow.js's own kernels, as this backend runs it. */
export interface TfjsKernel<Inputs extends object, Attributes extends object = object> {
  kernelName: string;
  kernelFunc(params: TfjsParams<Inputs, Attributes>): TensorInfo;
}

export interface TfjsParams<Inputs extends object, Attributes extends object> {
  inputs: Inputs;
  attrs: Attributes;
  backend: TrainingBackend;
}
