import { noteFallback } from '@residual/ops';
import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TfjsParams } from '../kernel.js';

/** Runs tfjs's own CPU kernel, for what ours leaves out, on this backend's tensors. */
export function runStock<Inputs extends object, Attributes extends object>(
  kernelName: string,
  params: TfjsParams<Inputs, Attributes>,
): TensorInfo {
  noteFallback(kernelName, 'simd');
  const { kernelFunc } = getKernel(kernelName, 'cpu');
  const own = params as unknown as Parameters<KernelFunc>[0];
  return params.backend.scopeOfStock(own.inputs, () => kernelFunc(own)) as TensorInfo;
}
