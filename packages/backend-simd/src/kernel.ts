import type { KernelContract, KernelParams } from '@residual/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.js';

/** A kernel of `@residual/ops`, as this backend runs it. */
export interface SimdKernel<Name extends keyof KernelContract> {
  kernelName: Name;
  kernelFunc(params: KernelParams<Name> & { backend: SimdBackend }): TensorInfo | TensorInfo[];
}

/** One of tfjs's own kernels, as this backend runs it. */
export interface TfjsKernel<Inputs extends object, Attributes extends object = object> {
  kernelName: string;
  kernelFunc(params: TfjsParams<Inputs, Attributes>): TensorInfo | TensorInfo[];
}

export interface TfjsParams<Inputs extends object, Attributes extends object> {
  inputs: Inputs;
  attrs: Attributes;
  backend: SimdBackend;
}
