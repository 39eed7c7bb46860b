import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { installWebgpu, type TrainingBackend, webgpu } from '../src/node.js';

/** Makes webgpu, through Dawn, the active backend. */
export async function useWebgpu(): Promise<TrainingBackend> {
  await installWebgpu();
  expect(await webgpu.probe()).toMatchObject({ usable: true });
  expect(await tf.setBackend('webgpu')).toBe(true);
  return tf.backend() as unknown as TrainingBackend;
}

/** Bytes in use on the device. */
export function bytesInUse(): number {
  return (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
}
