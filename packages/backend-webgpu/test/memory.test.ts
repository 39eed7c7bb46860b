import { limitMemory } from '@residual/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type TrainingBackend, webgpu } from '../src/node.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

const active = () => tf.backend() as unknown as TrainingBackend;

describe('memory', () => {
  it('that no device has is refused before it is asked for', async () => {
    const backend = await useWebgpu();
    const { maxStorageBufferBindingSize } = backend.device.limits;
    expect(() => backend.output([maxStorageBufferBindingSize])).toThrow(
      /expected buffers of at most \d+ bytes on this device, received a tensor \[\d+\]/,
    );
  });
});

describe('a device without enough memory', () => {
  it('is told with the tensor that it had none for; another start makes it again', async () => {
    const backend = await useWebgpu();
    limitMemory(backend.device, backend.memory().numBytesAllocatedInGPU + 2 ** 22);
    const x = tf.tensor1d([1, 2, 3]);
    const large = backend.output([2 ** 10, 2 ** 11]);
    const y = tf.square(x);
    await expect(y.data()).rejects.toMatchObject({
      name: 'WebgpuError',
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(
        /received none for a tensor \[1024,2048\] of 8388608 bytes beside \d+ in use \(more than \d+ bytes of buffers\)\. Use a smaller batch\.$/,
      ),
    });
    backend.disposeData(large.dataId);
    tf.dispose([x, y]);
    await webgpu.load();
    expect(await tf.setBackend('webgpu')).toBe(true);
    expect(active()).not.toBe(backend);
    const sum = tf.tidy(() => tf.sum(tf.ones([3000])));
    expect((await sum.data())[0]).toBe(3000);
    sum.dispose();
  });
});
