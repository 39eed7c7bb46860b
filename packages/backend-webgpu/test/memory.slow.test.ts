import { limitMemory } from '@residual/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type TrainingBackend, webgpu } from '../src/node.js';
import { smallRun } from './smallRun.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

const active = () => tf.backend() as unknown as TrainingBackend;

describe('memory', () => {
  it('stays flat from step to step of a training run', { timeout: 600_000 }, async () => {
    await useWebgpu();
    const WARM_UP = 30;
    const inUse: number[] = [];
    const allocated: number[] = [];
    const tensors: number[] = [];
    await smallRun({
      steps: WARM_UP + 200,
      logEvery: 10,
      async onEvent(event) {
        if (event.type !== 'step' || event.step < WARM_UP) return;
        await active().finish();
        const memory = active().memory();
        inUse.push(memory.numBytesInGPU);
        allocated.push(memory.numBytesAllocatedInGPU);
        tensors.push(tf.memory().numTensors);
      },
    });
    process.stdout.write(`in use ${inUse.at(-1)} bytes, allocated ${allocated[0]} to ${allocated.at(-1)}\n`);
    expect(inUse).toHaveLength(21);
    expect(new Set(inUse).size).toBe(1);
    expect(new Set(tensors).size).toBe(1);
    // How many of tfjs's small parameter buffers wait for a submit depends on how fast the device is.
    expect(Math.max(...allocated) - allocated[0]!).toBeLessThan(2 ** 16);
  });
});

describe('a device without enough memory', () => {
  it('ends a training run with a batch to try', { timeout: 300_000 }, async () => {
    const backend = await useWebgpu();
    // x alone is a MiB at this batch.
    limitMemory(backend.device, backend.memory().numBytesAllocatedInGPU + 2 ** 20);
    const steps: number[] = [];
    const running = smallRun({
      steps: 4,
      batchSize: 4096,
      onEvent: (event) => event.type === 'step' && steps.push(event.step),
    });
    await expect(running).rejects.toMatchObject({
      name: 'TrainerError',
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(
        /^after step \d: expected memory for a batch of 4096, received too little\. webgpu: .* a tensor \[4096,.* A batch of 2048 needs about half\.$/,
      ),
    });
    expect(steps).toEqual([]);
    await webgpu.load();
  });
});
