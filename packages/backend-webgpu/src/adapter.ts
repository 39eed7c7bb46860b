import { WebgpuError } from './error.js';
import { type WebgpuOptions, webgpuOptions } from './options.js';

/** The storage buffers that the kernel with the most of them binds (batch normalisation). */
const STORAGE_BUFFERS = 9;

/** What WebGPU tells of an adapter: no name on many systems, and never its memory. */
export interface AdapterFacts {
  description: string;
  /** It computes on the processor: correct, and too slow to train on. */
  isFallback: boolean;
  details: Record<string, string>;
}

/** The adapter that a device would be made on, or why there is none. */
export async function findAdapter({ activations }: WebgpuOptions = webgpuOptions()): Promise<GPUAdapter> {
  const gpu = globalThis.navigator?.gpu;
  if (gpu === undefined) {
    throw new WebgpuError('UNAVAILABLE', {
      where: 'webgpu',
      expected: 'WebGPU (navigator.gpu)',
      received: 'no WebGPU here',
      fix: fixWithoutGpu(),
    });
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new WebgpuError('UNAVAILABLE', {
      where: 'webgpu',
      expected: 'an adapter of WebGPU',
      received: 'none',
      fix: FIX_WITHOUT_ADAPTER,
    });
  }
  if (adapter.limits.maxStorageBuffersPerShaderStage < STORAGE_BUFFERS) {
    throw new WebgpuError('LIMIT', {
      where: 'webgpu',
      expected: `an adapter with ${STORAGE_BUFFERS} storage buffers a stage`,
      received: `${adapter.limits.maxStorageBuffersPerShaderStage} (${factsOf(adapter).description})`,
      fix: 'Use another adapter or backend.',
    });
  }
  if (activations === 'float16' && !adapter.features.has('shader-f16')) {
    throw new WebgpuError('LIMIT', {
      where: 'webgpu: activations',
      expected: 'an adapter with shader-f16 for float16',
      received: `one without (${factsOf(adapter).description})`,
      fix: 'Leave activations at float32, or use another adapter.',
    });
  }
  return adapter;
}

export function factsOf(adapter: GPUAdapter): AdapterFacts {
  const { vendor, architecture, device, description } = adapter.info;
  const isFallback = 'isFallbackAdapter' in adapter.info ? adapter.info.isFallbackAdapter === true : false;
  const words = [...new Set([description, vendor, architecture, device])].filter((word) => word);
  const has = (feature: GPUFeatureName) => (adapter.features.has(feature) ? 'yes' : 'no');
  const mebibytes = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
  return {
    description: `${words.join(', ') || 'an adapter without a name'}${isFallback ? ' (on the processor: slow)' : ''}`,
    isFallback,
    details: {
      features: `shader-f16 ${has('shader-f16')}, subgroups ${has('subgroups' as GPUFeatureName)}, timestamp-query ${has('timestamp-query')}`,
      limits:
        `buffers of ${mebibytes(Math.min(adapter.limits.maxStorageBufferBindingSize, adapter.limits.maxBufferSize))}, ` +
        `${adapter.limits.maxStorageBuffersPerShaderStage} storage buffers a stage, ` +
        `${adapter.limits.maxComputeInvocationsPerWorkgroup} invocations a workgroup`,
      memory: 'not reported by WebGPU',
    },
  };
}

/** A device with all the room that the adapter has. */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { limits, features } = adapter;
  const wanted = ['timestamp-query', 'shader-f16', 'subgroups', 'bgra8unorm-storage'] as GPUFeatureName[];
  return adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => features.has(feature)),
    requiredLimits: {
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
}

const FIX_WITHOUT_ADAPTER =
  'Install the graphics driver (on Linux its Vulkan part and the loader, libvulkan1), or use a browser whose page chrome://gpu says WebGPU is available.';

function fixWithoutGpu(): string {
  // In this order, so that a page is built without it.
  return globalThis.process !== undefined && globalThis.process.versions?.node !== undefined
    ? "In Node, import '@residual/backend-webgpu/node' and await installWebgpu() first."
    : 'Use Chrome or Edge 113, Firefox 141, Safari 26 or later, on a page served by https or localhost.';
}
