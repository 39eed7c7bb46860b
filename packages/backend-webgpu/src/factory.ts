import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.js';
import { createBackend } from './createBackend.js';

/** Made by {@link prepareBackend}, whose errors say more than tfjs's `false`; taken by the factory. */
let prepared: TrainingBackend | undefined;
/** The one that tfjs has. */
let current: TrainingBackend | undefined;

/**
 * Makes the backend that the next `setBackend('webgpu')` takes. Where tfjs has one that failed, it gives that up.
 *
 * @throws WebgpuError as `createBackend`
 */
export async function prepareBackend(): Promise<void> {
  if (current?.failure !== undefined) registerWebgpu();
  prepared ??= await createBackend();
}

/** Makes this package's backend what `setBackend('webgpu')` starts, in place of any other. */
export function registerWebgpu(): void {
  // tfjs's own factory asks for 8 storage buffers and fails with a bare TypeError where there is no adapter.
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  current = undefined;
  registerBackend(
    'webgpu',
    async () => {
      current = prepared ?? (await createBackend());
      prepared = undefined;
      return current;
    },
    3,
  );
}
