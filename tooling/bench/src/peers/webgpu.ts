import { webgpu } from '@residual/backend-webgpu/node';
import { selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Loaded } from './loaded.ts';

/** Our kernels on WebGPU, through Dawn. */
export async function load(): Promise<Loaded> {
  const { device } = await selectBackend([webgpu], { require: 'webgpu' });
  const { tileSizes } = tf.backend() as unknown as { tileSizes: { name: string }[] };
  return {
    description: `Residual's webgpu, on ${device}; tiles of ${tileSizes.at(-1)!.name}`,
    versions: {},
    threads: 1,
  };
}
