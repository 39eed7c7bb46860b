import { findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { backendFactory } from './candidate.js';
import { WebgpuError } from './error.js';

/** Makes this package's backend what `setBackend('webgpu')` starts, in place of any other. */
export function registerWebgpu(): void {
  // tfjs's own factory asks for 8 storage buffers and fails with a bare TypeError where there is no adapter.
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend('webgpu', backendFactory, 3);
}

/**
 * After the device was lost (`WebgpuError` `DEVICE_LOST`): makes the backend again, on a new device. All tensors on the old one are
 * gone; the trainer's option `recover` takes this function, and restores its own.
 *
 * @returns false, and changes nothing, for any other error
 * @throws WebgpuError when there is no device to be had any more
 */
export async function recoverDevice(error: unknown): Promise<boolean> {
  if (!(error instanceof WebgpuError && error.code === 'DEVICE_LOST')) return false;
  registerWebgpu();
  return setBackend('webgpu');
}
