import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { recoverDevice, type TrainingBackend, WebgpuError } from '../src/node.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

describe('a lost device', () => {
  it('is told as what it is by every read', async () => {
    const backend = await useWebgpu();
    const x = tf.square(tf.tensor1d(new Array(2000).fill(3)));
    backend.device.destroy();
    await expect(x.data()).rejects.toMatchObject({ name: 'WebgpuError', code: 'DEVICE_LOST' });
    expect(() => x.dataSync()).toThrow(WebgpuError);
    x.dispose();
    expect(await recoverDevice(new Error('something else'))).toBe(false);
    expect(await recoverDevice(backend.failure)).toBe(true);
    expect(tf.backend() as unknown as TrainingBackend).not.toBe(backend);
    const sum = tf.tidy(() => tf.sum(tf.ones([3000])));
    expect((await sum.data())[0]).toBe(3000);
    sum.dispose();
  });
});
