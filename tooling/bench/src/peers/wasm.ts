import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { getThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Loaded } from './loaded.ts';

/**
 * TensorFlow.js's own WebAssembly backend. It has no kernel for a convolution's filter gradient; our reference of that
 * operation is made of slices and matrix products, which it has.
 */
export async function load(): Promise<Loaded> {
  const require = createRequire(import.meta.url);
  setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs-backend-wasm: its start failed');
  const threads = (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) ? getThreadsCount() : 1;
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'SIMD' : 'no SIMD';
  return {
    description: `tfjs-backend-wasm ${version_wasm}, ${simd}, with our reference operations`,
    versions: { '@tensorflow/tfjs-backend-wasm': version_wasm },
    threads,
  };
}
