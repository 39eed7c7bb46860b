import {
  copyRegisteredKernels,
  getKernelsForBackend,
  Identity,
  type KernelConfig,
  type KernelFunc,
  Reshape,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.js';
import { kernels } from './kernels/index.js';

/** tfjs's kernels that don't look at values: what is deferred may stay so. */
const BLIND: string[] = [Identity, Reshape];

/** Registers tfjs's CPU kernels for 'simd', and this package's own in place of some of them. */
export function registerKernels(): void {
  copyRegisteredKernels('cpu', 'simd');
  const own = new Set(kernels.map(({ kernelName }) => kernelName));
  for (const config of getKernelsForBackend('simd')) {
    // A second registration under the same name would print a warning.
    unregisterKernel(config.kernelName, 'simd');
    if (!own.has(config.kernelName)) registerKernel({ ...config, kernelFunc: scopedStock(config) });
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

/** See `SimdBackend.scopeOfStock`. */
function scopedStock({ kernelName, kernelFunc }: KernelConfig): KernelFunc {
  if (BLIND.includes(kernelName)) return scoped(kernelFunc);
  return (params) => (params.backend as SimdBackend).scopeOfStock(params.inputs, () => kernelFunc(params));
}
