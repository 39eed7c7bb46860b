import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Command, Dispatch } from './dispatch.js';
import eachElement from './main/eachElement.wgsl';
import widenText from './numbers/widen.wgsl';
import type { Shader, Storage } from './shader.js';
import { SharedBuffersBackend } from './sharedBuffers.js';

const widenShader = {
  name: 'widen',
  code: [widenText, eachElement],
  inputs: { x: 'stored' },
  outputs: { y: 'f32' },
  parameters: { size: 'u32' },
} satisfies Shader;

/** The backend where tensors between layers may be kept in float16. To tfjs they are float32 in any case. */
export abstract class ActivationsBackend extends SharedBuffersBackend {
  /** How tensors between layers are kept. Float16 needs the device's feature `shader-f16`. */
  activations: Storage = 'float32';

  /** Records a run of the shader. */
  abstract dispatch<Tensor extends string, Parameter extends string>(
    shader: Shader<Tensor, Parameter>,
    run: Dispatch<NoInfer<Tensor>, NoInfer<Parameter>>,
  ): void;

  /** Records a command. */
  abstract run(command: Command): void;

  /**
   * A new tensor for what a layer hands on, and backward comes back to, kept as {@link activations} says. Kernels of this package
   * read it as it is; what else uses it finds float32.
   */
  activation(shape: number[]): TensorInfo {
    if (this.activations === 'float32') return this.output(shape);
    const size = 4 * Math.ceil(util.sizeFromShape(shape) / 2);
    const info = this.adopt(this.acquire(size, `a float16 tensor [${shape}]`), shape);
    this.data(info.dataId).storage = 'float16';
    return info;
  }

  protected storageOf({ dataId }: TensorInfo): Storage {
    return this.data(dataId).storage ?? 'float32';
  }

  /** Makes a tensor that is kept in float16 one of float32, for a user that knows no other. */
  protected widen(dataId: object): void {
    const data = this.data(dataId);
    const { shape, dtype, storage, resource } = data;
    if (storage !== 'float16') return;
    const size = util.sizeFromShape(shape);
    const wide = this.acquire(4 * size, `a tensor [${shape}]`);
    this.dispatch(widenShader, {
      tensors: { x: { dataId, shape, dtype }, y: wide },
      parameters: { size },
      workgroups: Math.ceil(size / 256),
    });
    this.releaseBuffer(resource as GPUBuffer);
    data.resource = wide;
    data.storage = undefined;
  }
}
