import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { WebgpuError } from './error.js';

/** STORAGE, COPY_SRC, COPY_DST: what tfjs gives a tensor's buffer. */
export const TENSOR_USAGE = 0x80 | 0x04 | 0x08;

/** Bytes from which on a buffer's creation is watched: smaller ones are not what fills a device. */
const LARGE = 2 ** 16;

/** Makes a device's buffers, and tells for which tensor it had no memory; WebGPU only says so later, if it is asked. */
export class DeviceMemory {
  readonly #device: GPUDevice;
  readonly #manager: WebGPUBackend['bufferManager'];
  readonly #fail: (error: WebgpuError) => void;

  /** @param fail told when the device had no memory, which is a moment after the creation */
  constructor(
    device: GPUDevice,
    manager: WebGPUBackend['bufferManager'],
    fail: (error: WebgpuError) => void,
  ) {
    this.#device = device;
    this.#manager = manager;
    this.#fail = fail;
  }

  /** @throws WebgpuError `OUT_OF_MEMORY` where the device has no buffer of so many bytes at all. */
  requireRoom(size: number, what: string): void {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (size <= limit) return;
    throw new WebgpuError('OUT_OF_MEMORY', {
      where: 'webgpu',
      expected: `buffers of at most ${limit} bytes on this device`,
      received: `${what} of ${size} bytes`,
      fix: `Use a batch of at most ${(limit / size).toFixed(2)} times this size.`,
    });
  }

  /** Runs `create`, which makes a tensor's buffer of so many bytes unless there is a free one. */
  watching<T>(size: number, what: string, create: () => T): T {
    const free = (this.#manager as unknown as { freeBuffers: Map<string, GPUBuffer[]> }).freeBuffers;
    const isReused = (free.get(`${size}_${TENSOR_USAGE}`)?.length ?? 0) > 0;
    if (size < LARGE || isReused) return create();
    this.#device.pushErrorScope('out-of-memory');
    try {
      return create();
    } finally {
      const rest = this.#manager.numBytesUsed - size;
      this.#device.popErrorScope().then(
        (error) => {
          if (error === null) return;
          this.#fail(
            new WebgpuError('OUT_OF_MEMORY', {
              where: 'webgpu',
              expected: 'memory on the device',
              received: `none for ${what} of ${size} bytes beside ${rest} in use (${error.message})`,
              fix: 'Use a smaller batch.',
            }),
          );
        },
        () => {}, // the device is lost, which is told elsewhere
      );
    }
  }
}
