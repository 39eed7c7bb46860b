import * as tf from '@tensorflow/tfjs-core';
import { describe as describeTests, expect } from 'vitest';
import { type TrainingBackend, webgpu } from '../src/node.js';

/** Runs tests where WebGPU does; elsewhere skips them and says why, or fails where REQUIRE_BACKENDS lists webgpu. */
export const describeWebgpu: typeof describeTests.skip = await describeOrSkip();

async function describeOrSkip() {
  const probe = await webgpu.probe();
  if (probe.usable || process.env.REQUIRE_BACKENDS?.split(',').includes('webgpu')) return describeTests;
  process.stderr.write(`skipped: webgpu: ${probe.reason} ${probe.fix}\n`);
  return describeTests.skip;
}

/** Makes webgpu, through Dawn, the active backend. */
export async function useWebgpu(): Promise<TrainingBackend> {
  expect(await webgpu.probe()).toMatchObject({ usable: true });
  expect(await tf.setBackend('webgpu')).toBe(true);
  return tf.backend() as unknown as TrainingBackend;
}

/** Bytes in use on the device. */
export function bytesInUse(): number {
  return (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
}
