import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { installDawn } from './dawn.ts';
import type { Loaded } from './loaded.ts';

/** TensorFlow.js's own backend on WebGPU, through the same Dawn as ours. */
export async function load(): Promise<Loaded> {
  // Before tfjs's backend is imported, which looks at it.
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('WebGPU found no adapter');
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs-backend-webgpu: its start failed');
  const require = createRequire(import.meta.url);
  const { version } = require('@tensorflow/tfjs-backend-webgpu/package.json') as { version: string };
  const { vendor, description } = adapter.info;
  return {
    description: `tfjs-backend-webgpu ${version} on ${description || vendor}, with our reference operations`,
    versions: { '@tensorflow/tfjs-backend-webgpu': version },
    threads: 1,
  };
}
