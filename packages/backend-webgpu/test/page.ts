// What browser.slow.test.ts bundles and opens in Chromium.
import { runConformance } from '@residual/conformance';
import * as tf from '@tensorflow/tfjs-core';
import '../src/index.js';
import { deviceLosses } from './deviceLosses.js';

async function start(): Promise<void> {
  if (!(await tf.setBackend('webgpu'))) throw new Error("setBackend('webgpu') gave false");
}

/** The cases that failed, and how many ran. */
async function conformance(): Promise<{ ran: number; failures: string[] }> {
  await start();
  const failures: string[] = [];
  let ran = 0;
  const fixtures = new URL('/fixtures/', location.href);
  const memory = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
  const options = { backend: 'webgpu', requireKernels: true, fixtures, memory };
  for await (const { name, error } of runConformance(options)) {
    ran++;
    if (error !== undefined) failures.push(`${name}: ${error.message}`);
  }
  return { ran, failures };
}

async function loseDevices(count: number): Promise<Awaited<ReturnType<typeof deviceLosses>>> {
  await start();
  return deviceLosses(count);
}

Object.assign(globalThis, { conformance, loseDevices });
