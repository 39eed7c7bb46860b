import { noteFallback } from '@residual/ops';
import {
  copyRegisteredKernels,
  getKernelsForBackend,
  Identity,
  type KernelConfig,
  type KernelFunc,
  type NamedTensorInfoMap,
  Reshape,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import * as variants from '#variants';
import type { SimdBackend } from './backend.js';
import * as base from './kernels/index.js';

const kernels = [...Object.values(base), ...Object.values(variants)];

/** tfjs's kernels that don't look at values: what is deferred may stay so. */
const BLIND: string[] = [Identity, Reshape];

/** Registers tfjs's CPU kernels for 'simd', and this package's own in place of some of them. */
export function registerKernels(): void {
  copyRegisteredKernels('cpu', 'simd');
  const own = new Set<string>(kernels.map(({ kernelName }) => kernelName));
  for (const config of getKernelsForBackend('simd')) {
    // A second registration under the same name would print a warning.
    unregisterKernel(config.kernelName, 'simd');
    if (!own.has(config.kernelName)) registerKernel({ ...config, kernelFunc: scopedStock(config) });
  }
  for (const { kernelName, kernelFunc } of kernels) {
    registerKernel({
      kernelName,
      backendName: 'simd',
      kernelFunc: scoped({ kernelName, kernelFunc: kernelFunc as unknown as KernelFunc }),
    });
  }
}

/** See `SimdBackend.scope`. */
function scoped({ kernelName, kernelFunc }: Pick<KernelConfig, 'kernelName' | 'kernelFunc'>): KernelFunc {
  return (params) =>
    (params.backend as SimdBackend).scope(
      () => kernelFunc(params),
      () => describe(kernelName, params.inputs),
    );
}

/** See `SimdBackend.scopeOfStock`; it is a fallback, which `fallbacks` of `@residual/ops` tells. */
function scopedStock(config: KernelConfig): KernelFunc {
  const { kernelName, kernelFunc } = config;
  if (BLIND.includes(kernelName)) return scoped(config);
  return (params) => {
    noteFallback(kernelName, 'simd');
    return (params.backend as SimdBackend).scopeOfStock(
      params.inputs,
      () => kernelFunc(params),
      () => describe(kernelName, params.inputs),
    );
  };
}

/** Such as `residual/conv2d(x [8, 9, 9, 3], filter [3, 3, 3, 8])`. */
function describe(kernelName: string, inputs: NamedTensorInfoMap): string {
  const described = Object.entries(inputs).map(([name, input]) =>
    input === undefined || input.shape === undefined ? name : `${name} [${input.shape.join(', ')}]`,
  );
  return `${kernelName}(${described.join(', ')})`;
}
