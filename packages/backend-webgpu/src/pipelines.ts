import { type Shader, type ShaderConstants, type Storage, shaderText } from './shader.js';

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

/** A device's compiled shaders: one for each set of constants and of present tensors and their storage, whatever the tensors' shapes. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #compiled = new Map<string, Pipeline>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get(
    shader: Shader,
    constants: ShaderConstants,
    storageOf: (tensor: string) => Storage | undefined,
  ): Pipeline {
    const names = [...Object.keys(shader.inputs), ...Object.keys(shader.outputs)];
    const present = names.filter((name) => storageOf(name) !== undefined);
    const key = `${shader.name} ${Object.values(constants)} ${names.map(storageOf)}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = this.#compile(shader, shaderText(shader, constants, storageOf), present.length);
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }

  #compile(shader: Shader, code: string, buffers: number): Pipeline {
    const inputs = new Set(Object.keys(shader.inputs));
    const names = [...code.matchAll(/@binding\(\d+\) var<storage, \w+> (\w+):/g)].map(([, name]) => name!);
    // Explicit, not 'auto': a buffer that some constants leave unused stays where the bind group expects it.
    const layout = this.#device.createBindGroupLayout({
      label: shader.name,
      entries: Array.from({ length: buffers + 1 }, (_, binding) => ({
        binding,
        visibility: 4, // COMPUTE
        buffer: {
          type:
            binding === buffers ? 'uniform' : inputs.has(names[binding]!) ? 'read-only-storage' : 'storage',
        },
      })),
    });
    const pipeline = this.#device.createComputePipeline({
      label: shader.name,
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: {
        module: this.#device.createShaderModule({ label: shader.name, code }),
        entryPoint: 'main',
      },
    });
    return { pipeline, layout };
  }
}
