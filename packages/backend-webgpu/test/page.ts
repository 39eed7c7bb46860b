// What browser.slow.test.ts bundles and opens in Chromium.
import { conformanceCases } from '@residual/conformance';
import * as tf from '@tensorflow/tfjs-core';
import '../src/index.js';
import { deviceLosses } from './deviceLosses.js';

async function start(): Promise<void> {
  if (!(await tf.setBackend('webgpu'))) throw new Error("setBackend('webgpu') gave false");
}

/**
 * What the same shaders compute in Node, in conformance.slow.test.ts, and the other cases compute here piece by piece: 50 steps each of a
 * small network. SGD's and Muon's stay.
 */
const IN_NODE = /^optimizerUpdate PyTorch: (?!sgd|muon).*: a network$/;

/** The cases that failed, and how many ran. */
async function conformance(): Promise<{ ran: number; failures: string[] }> {
  await start();
  const failures: string[] = [];
  let ran = 0;
  const fixtures = new URL('/fixtures/', location.href);
  const memory = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
  const options = { backend: 'webgpu', requireKernels: true, fixtures, memory };
  for (const { group, name, run } of conformanceCases(options)) {
    const title = `${group} ${name}`;
    if (IN_NODE.test(title)) continue;
    ran++;
    await run().catch((error: Error) => failures.push(`${title}: ${error.message}`));
  }
  return { ran, failures };
}

async function loseDevices(count: number): Promise<Awaited<ReturnType<typeof deviceLosses>>> {
  await start();
  return deviceLosses(count);
}

Object.assign(globalThis, { conformance, loseDevices });
