const STORAGE = 0x80;

interface Memory {
  used: number;
  /** Whether a buffer since the last closed error scope was too much. */
  isShort: boolean;
}

/**
 * Leaves a WebGPU device memory for `most` bytes of storage buffers at a time, or every device where it is given `GPUDevice.prototype`: more
 * is told as WebGPU does, by an error scope, while what is computed goes on. No real device runs out of memory on demand.
 */
export function limitMemory(target: Pick<GPUDevice, 'createBuffer' | 'popErrorScope'>, most: number): void {
  const { createBuffer, popErrorScope } = target;
  const memories = new WeakMap<object, Memory>();
  const memoryOf = (device: object): Memory => {
    const memory = memories.get(device) ?? { used: 0, isShort: false };
    memories.set(device, memory);
    return memory;
  };
  target.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    if ((buffer.usage & STORAGE) === 0) return buffer;
    const memory = memoryOf(this);
    memory.used += buffer.size;
    memory.isShort ||= memory.used > most;
    const { destroy } = buffer;
    buffer.destroy = () => {
      memory.used -= buffer.size;
      return destroy.call(buffer);
    };
    return buffer;
  };
  target.popErrorScope = async function (this: GPUDevice) {
    const memory = memoryOf(this);
    const { isShort } = memory;
    memory.isShort = false;
    const error = await popErrorScope.call(this);
    return isShort ? new GPUOutOfMemoryError(`more than ${most} bytes of buffers`) : error;
  };
}
