import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import * as kernels from './kernels.js';
import { keepStock } from './stock.js';

/** Registers this package's kernels for 'webgpu', in place of TensorFlow.js's own where both have one. */
export function registerKernels(): void {
  for (const { kernelName, kernelFunc } of Object.values(kernels)) {
    keepStock(kernelName);
    // A second registration under the same name would print a warning.
    if (getKernel(kernelName, 'webgpu') !== undefined) unregisterKernel(kernelName, 'webgpu');
    registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: kernelFunc as unknown as KernelFunc });
  }
}
