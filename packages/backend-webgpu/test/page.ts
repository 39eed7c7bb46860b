// What browser.test.ts bundles and opens in Chromium.
import { runConformance } from '@residual/conformance';
import * as tf from '@tensorflow/tfjs-core';
import '../src/index.js';

/** The cases that failed, and how many ran. */
async function conformance(): Promise<{ ran: number; failures: string[] }> {
  if (!(await tf.setBackend('webgpu'))) return { ran: 0, failures: ['setBackend gave false'] };
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

Object.assign(globalThis, { conformance });
