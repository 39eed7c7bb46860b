import {
  copyRegisteredKernels,
  getKernelsForBackend,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.js';
import { kernels } from './kernels/index.js';

/** Registers tfjs's CPU kernels for 'simd', and this package's own in place of some of them. */
export function registerKernels(): void {
  copyRegisteredKernels('cpu', 'simd');
  const own = new Set(kernels.map(({ kernelName }) => kernelName));
  for (const config of getKernelsForBackend('simd')) {
    // A second registration under the same name would print a warning.
    unregisterKernel(config.kernelName, 'simd');
    if (!own.has(config.kernelName)) registerKernel({ ...config, kernelFunc: scoped(config.kernelFunc) });
  }
  for (const { kernelName, kernelFunc } of kernels) {
    registerKernel({
      kernelName,
      backendName: 'simd',
      kernelFunc: scoped(kernelFunc as unknown as KernelFunc),
    });
  }
}

/** See `SimdBackend.scope`. */
function scoped(kernelFunc: KernelFunc): KernelFunc {
  return (params) => (params.backend as SimdBackend).scope(() => kernelFunc(params));
}
