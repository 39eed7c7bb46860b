import { type Counts, noCounts } from './counts.ts';

// A WebGPU device that computes nothing and counts everything: what a training step asks of a device is a function of the
// model and the batch alone, so it can be counted where computing it would take minutes.

const STORAGE = 0x80;

class MockBuffer {
  mapState: 'unmapped' | 'mapped';
  readonly size: number;
  readonly usage: number;
  readonly #counts: Counts;
  #range: ArrayBuffer | undefined;

  constructor(counts: Counts, { size, usage, mappedAtCreation = false }: GPUBufferDescriptor) {
    this.#counts = counts;
    this.size = size;
    this.usage = usage;
    this.mapState = mappedAtCreation ? 'mapped' : 'unmapped';
    counts.buffers++;
    this.#count(size);
  }

  getMappedRange(): ArrayBuffer {
    // What is read is -1 as a float and less than 0 as an integer: a finite loss, and no step that was not finite.
    this.#range ??=
      (this.usage & 1) !== 0 ? new Float32Array(this.size / 4).fill(-1).buffer : new ArrayBuffer(this.size);
    return this.#range;
  }

  unmap(): void {
    // MAP_READ buffers bring bytes back instead.
    if ((this.usage & 1) === 0) this.#counts.uploadedBytes += this.#range?.byteLength ?? 0;
    this.#range = undefined;
    this.mapState = 'unmapped';
  }

  async mapAsync(): Promise<void> {
    this.mapState = 'mapped';
  }

  destroy(): void {
    this.#count(-this.size);
  }

  #count(bytes: number): void {
    if ((this.usage & STORAGE) !== 0) this.#counts.memoryBytes += bytes;
  }
}

class MockTexture {}
class MockOutOfMemoryError {}

interface Pipeline {
  label: string;
  getBindGroupLayout(): unknown;
}
type Binding = { buffer: MockBuffer; offset?: number; size?: number };

/** The limits of a common desktop GPU in Chrome. */
const LIMITS = {
  maxStorageBuffersPerShaderStage: 10,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxBufferSize: 2 ** 31,
  maxComputeWorkgroupSizeX: 256,
  maxComputeInvocationsPerWorkgroup: 256,
  minStorageBufferOffsetAlignment: 256,
};

const INFO = { vendor: 'mock', architecture: '', device: '', description: 'a device that only counts' };

function pass(counts: Counts) {
  let pipeline: Pipeline | undefined;
  let bound = 0;
  return {
    setPipeline: (next: Pipeline) => {
      pipeline = next;
    },
    setBindGroup: (_: number, { bytes }: { bytes: number }) => {
      bound = bytes;
    },
    dispatchWorkgroups: () => {
      counts.dispatches++;
      counts.boundBytes += bound;
      const name = pipeline!.label;
      counts.kernels.set(name, (counts.kernels.get(name) ?? 0) + 1);
    },
    end: () => {},
  };
}

function device(counts: Counts) {
  const pipeline = ({ label = 'unnamed' }: { label?: string }): Pipeline => ({
    label,
    getBindGroupLayout: () => ({}),
  });
  return {
    limits: LIMITS,
    features: new Set<string>(),
    lost: new Promise(() => {}),
    addEventListener: () => {},
    pushErrorScope: () => {},
    popErrorScope: async () => null,
    destroy: () => {},
    createBuffer: (descriptor: GPUBufferDescriptor) => new MockBuffer(counts, descriptor),
    createShaderModule: () => ({}),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createComputePipeline: pipeline,
    createBindGroup: ({ entries }: { entries: { resource: Binding }[] }) => ({
      bytes: entries
        .filter(({ resource: { buffer } }) => (buffer.usage & STORAGE) !== 0)
        .reduce((sum, { resource: { buffer, size } }) => sum + (size ?? buffer.size), 0),
    }),
    createCommandEncoder: () => ({
      beginComputePass: () => pass(counts),
      copyBufferToBuffer: (_from: unknown, _at: number, to: MockBuffer, _offset: number, size: number) => {
        // What is brought back to the host is counted nowhere: it is the loss.
        if ((to.usage & 1) === 0) counts.copiedBytes += size;
      },
      finish: () => ({}),
    }),
    queue: {
      submit: () => {
        counts.submits++;
      },
      writeBuffer: (_buffer: unknown, _at: number, _data: unknown, _from: number, size = 0) => {
        counts.uploadedBytes += size;
      },
      onSubmittedWorkDone: async () => {},
    },
  };
}

/** Puts a counting device behind `navigator.gpu`, and returns it with what it will have counted. */
export function installMockDevice(): { counts: Counts; device: GPUDevice; info: GPUAdapterInfo } {
  const counts = noCounts();
  const made = device(counts);
  const adapter = { limits: LIMITS, features: made.features, info: INFO, requestDevice: async () => made };
  Object.assign(globalThis, {
    GPUBuffer: MockBuffer,
    GPUTexture: MockTexture,
    GPUOutOfMemoryError: MockOutOfMemoryError,
    GPUBufferUsage: {
      MAP_READ: 1,
      MAP_WRITE: 2,
      COPY_SRC: 4,
      COPY_DST: 8,
      UNIFORM: 0x40,
      STORAGE: 0x80,
      QUERY_RESOLVE: 0x200,
    },
    GPUMapMode: { READ: 1, WRITE: 2 },
  });
  const gpu = { requestAdapter: async () => adapter };
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return { counts, device: made as unknown as GPUDevice, info: INFO as unknown as GPUAdapterInfo };
}
