import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Loaded } from './loaded.ts';

/** TensorFlow.js's own backend in plain JavaScript. */
export async function load(): Promise<Loaded> {
  await tf.setBackend('cpu');
  return {
    description: `tfjs-backend-cpu ${version_cpu}, with our reference operations`,
    versions: { '@tensorflow/tfjs-backend-cpu': version_cpu },
    threads: 1,
  };
}
