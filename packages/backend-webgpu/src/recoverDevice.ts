import { setBackend } from '@tensorflow/tfjs-core';
import type { WebgpuError } from './error.js';
import { prepareBackend, registerWebgpu } from './factory.js';

/**
 * After the device was lost (`WebgpuError` `DEVICE_LOST`): makes the backend again, on a new device. All tensors on the old one are
 * gone; the trainer's option `recover` takes this function, and restores its own.
 *
 * @returns false, and changes nothing, for any other error
 * @throws WebgpuError when there is no device to be had any more
 */
export async function recoverDevice(error: unknown): Promise<boolean> {
  if ((error as Partial<WebgpuError> | undefined)?.code !== 'DEVICE_LOST') return false;
  registerWebgpu();
  await prepareBackend();
  return setBackend('webgpu');
}
