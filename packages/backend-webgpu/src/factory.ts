import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from './backend.js';
import { createBackend } from './createBackend.js';

/** Made by {@link prepareBackend}, whose errors say more than tfjs's `false`; taken by the factory. */
let prepared: TrainingBackend | undefined;

/** Makes the backend that the next `setBackend('webgpu')` takes. @throws WebgpuError as `createBackend` */
export async function prepareBackend(): Promise<void> {
  prepared ??= await createBackend();
}

/** Makes this package's backend what `setBackend('webgpu')` starts, in place of any other. */
export function registerWebgpu(): void {
  // tfjs's own factory asks for 8 storage buffers and fails with a bare TypeError where there is no adapter.
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend(
    'webgpu',
    async () => {
      const backend = prepared;
      prepared = undefined;
      return backend ?? (await createBackend());
    },
    3,
  );
}
