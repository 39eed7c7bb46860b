import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Buffers of parameters and tables that never change, by their content: a step uploads none of them again. */
export class SmallBuffers {
  readonly #manager: WebGPUBackend['bufferManager'];
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(manager: WebGPUBackend['bufferManager']) {
    this.#manager = manager;
  }

  constant(values: Int32Array | Uint32Array | Float32Array, usage: number): GPUBuffer {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const key = `${usage} ${words}`;
    let buffer = this.#buffers.get(key);
    if (buffer === undefined) {
      buffer = this.#manager.acquireBuffer(words.byteLength, usage, true, false);
      new Uint32Array(buffer.getMappedRange()).set(words);
      buffer.unmap();
      this.#buffers.set(key, buffer);
    }
    return buffer;
  }
}
