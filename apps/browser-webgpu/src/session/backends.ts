import { type BackendCandidate, type SelectedBackend, selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendLine, Settings } from './session.js';

export type BackendChoice = Pick<Settings, 'backend' | 'threads'>;

/** The threads that simd was started with. */
let simdThreads: number | null | undefined;

/**
 * Makes the backend that is asked for, or the best that runs here, tfjs's own. Each is loaded when it is needed.
 *
 * @throws OpsError `BACKEND` when there is none, with each one's reason and fix.
 */
export async function startBackend({ backend, threads }: BackendChoice): Promise<SelectedBackend> {
  const candidates: BackendCandidate[] = [];
  if (backend !== 'simd') candidates.push((await import('@residual/backend-webgpu')).webgpu);
  if (backend !== 'webgpu') candidates.push(await simdWith(threads));
  return selectBackend(candidates, {
    require: backend === 'auto' ? undefined : backend,
    values: backend === 'webgpu' ? {} : { threads: threads ?? undefined },
  });
}

/** A backend that runs keeps its threads: for others it is made anew. */
async function simdWith(threads: number | null): Promise<BackendCandidate> {
  const { simd, createBackend } = await import('@residual/backend-simd');
  if (simdThreads !== undefined && simdThreads !== threads) {
    tf.removeBackend('simd');
    tf.registerBackend('simd', () => createBackend(), 1);
  }
  simdThreads = threads;
  return simd;
}

/** Without what can't be posted to the page. */
export function lineOf({ name, device, isGpu, details, passedOver }: SelectedBackend): BackendLine {
  return { name, device, isGpu, details, passedOver };
}

/** What the active backend holds, in bytes of the GPU or of its heap. */
export function backendMemory(): { bytes: number; tensors: number } {
  const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPU?: number; heapBytes?: number };
  return { bytes: memory.numBytesInGPU ?? memory.heapBytes ?? memory.numBytes, tensors: memory.numTensors };
}
