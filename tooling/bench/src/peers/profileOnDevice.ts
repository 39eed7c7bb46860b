import * as tf from '@tensorflow/tfjs-core';
import type { KernelProfile, StepProfile } from '../protocol.ts';
import type { Steps } from './step.ts';

/**
 * Where the time of a step goes on a WebGPU device, by its own timestamps: for each kernel, with the bytes that its dispatches bind. The
 * step itself is the fastest of `steps` without timestamps, which would take it apart.
 *
 * @returns undefined where the device has no timestamps
 */
export async function profileOnDevice(
  device: GPUDevice,
  work: Steps,
  steps: number,
): Promise<StepProfile | undefined> {
  if (!device.features.has('timestamp-query')) return undefined;
  let milliseconds = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await work.run(1);
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  const bytes = boundBytes();
  let running: Promise<void> | undefined;
  const timing = (await tf.time(() => {
    running = work.run(1);
  })) as unknown as { getExtraProfileInfo(): string };
  bytes.end();
  await running;
  const kernels = new Map<string, KernelProfile>();
  // Such as "convolution: 0.12, batchNormStatistics: 0.03".
  for (const [i, part] of timing.getExtraProfileInfo().split(', ').entries()) {
    const [kernel, time] = part.split(': ') as [string, string];
    const profile = kernels.get(kernel) ?? { kernel, calls: 0, milliseconds: 0, bytes: 0 };
    kernels.set(kernel, profile);
    profile.calls++;
    profile.milliseconds += Number(time);
    profile.bytes += bytes.each[i] ?? 0;
  }
  const sorted = [...kernels.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  return { milliseconds, kernels: sorted, convolutions: [] };
}

/** The storage bytes of each dispatch, in order: its bind group may have been made long before, so they are watched from the device's start. */
const bytesOf = new WeakMap<object, number>();

/** Notes the storage bytes of each bind group that is made from now on. */
export function watchBindGroups(device: GPUDevice): void {
  const STORAGE = 0x80;
  const { createBindGroup } = device;
  device.createBindGroup = function (descriptor) {
    let sum = 0;
    for (const { resource } of descriptor.entries) {
      const { buffer, size } = resource as GPUBufferBinding;
      if ((buffer.usage & STORAGE) !== 0) sum += size ?? buffer.size;
    }
    const group = createBindGroup.call(this, descriptor);
    bytesOf.set(group, sum);
    return group;
  };
}

/** Watches the storage bytes of each bind group that a dispatch is given. */
function boundBytes(): { each: number[]; end(): void } {
  const each: number[] = [];
  const { prototype } = GPUComputePassEncoder;
  const { setBindGroup } = prototype;
  prototype.setBindGroup = function (this: GPUComputePassEncoder, ...args: Parameters<typeof setBindGroup>) {
    each.push(bytesOf.get(args[1]!) ?? 0);
    return setBindGroup.apply(this, args);
  } as typeof setBindGroup;
  return {
    each,
    end() {
      prototype.setBindGroup = setBindGroup;
    },
  };
}
