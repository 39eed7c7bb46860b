import { configureWebgpu, type TrainingBackend, webgpu } from '@residual/backend-webgpu';
import { selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { installDawn } from './dawn.ts';
import type { Loaded, LoadOptions } from './loaded.ts';
import { profileOnDevice, watchBindGroups } from './profileOnDevice.ts';

/** Our kernels on WebGPU, through Dawn. */
export async function load({ activations }: LoadOptions): Promise<Loaded> {
  await installDawn();
  configureWebgpu({ activations });
  const { device } = await selectBackend([webgpu], { require: 'webgpu' });
  const backend = tf.backend() as unknown as TrainingBackend;
  watchBindGroups(backend.device);
  const kept = activations === 'float16' ? '; activations in float16' : '';
  return {
    description: `Residual's webgpu, on ${device}; tiles of ${backend.tileSizes.at(-1)!.name}${kept}`,
    versions: {},
    threads: 1,
    profile: (work, steps) => profileOnDevice(backend.device, work, steps),
  };
}
