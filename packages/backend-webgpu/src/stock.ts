import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TfjsParams } from './kernel.js';

const stockKernels = new Map<string, KernelFunc>();

/** Keeps TensorFlow.js's kernel of this name, before ours takes its place. */
export function keepStock(kernelName: string): void {
  const config = getKernel(kernelName, 'webgpu');
  if (config !== undefined) stockKernels.set(kernelName, config.kernelFunc);
}

/** Runs TensorFlow.js's own kernel, for what ours leaves out. */
export function runStock<Inputs extends object, Attributes extends object>(
  kernelName: string,
  params: TfjsParams<Inputs, Attributes>,
): TensorInfo {
  const kernelFunc = stockKernels.get(kernelName)!;
  return kernelFunc(params as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
}
