import { randomInt } from 'node:crypto';
import { Conv2d, dispose, init, stateDict } from '@residual/blocks';
import { pictureDataset } from '@residual/data';
import { d2lResNet } from '@residual/models';
import { uniforms } from '@residual/random';
import { pictureData, sgd, type TrainEvent, train } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { recoverDevice, type TrainingBackend, WebgpuError } from '../src/node.js';
import { describeWebgpu as describe, useWebgpu } from './support.js';

const SIZE = 8;
const active = () => tf.backend() as unknown as TrainingBackend;

function made(name: string, length: number) {
  const images = Uint8Array.from(uniforms({ seed: 1, purpose: name }, length * SIZE * SIZE, { max: 255 }));
  const labels = Uint8Array.from({ length }, (_, i) => i % 3);
  return pictureDataset({ name, images, labels, shape: [SIZE, SIZE, 1], classNames: ['a', 'b', 'c'] });
}

/** DEVICE_LOSSES=20 is what docs/backends.md reports; each makes a device and compiles its shaders. */
const LOSSES = Number(process.env.DEVICE_LOSSES ?? 1);

/** Trains a small residual network for 6 steps; `lose` is told each backend that it runs on. */
async function run(lose: (backend: TrainingBackend) => void) {
  await useWebgpu();
  const data = pictureData({ train: made('train', 24), test: made('test', 6) }, { batchSize: 4, seed: 1 });
  const model = init(d2lResNet([[1, 4]], { numClasses: 3 }), [4, SIZE, SIZE, 1], { seed: 1 });
  const losses: number[] = [];
  const events: TrainEvent['type'][] = [];
  const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
  const recover = async (error: unknown) => {
    const isBack = await recoverDevice(error);
    if (isBack) lose(active());
    return isBack;
  };
  lose(active());
  const options = { model, data, optimizer, maxEpochs: 1, logEvery: 1, recover, snapshotEverySeconds: 0 };
  try {
    for await (const event of train(options)) {
      events.push(event.type);
      if (event.type === 'step') losses[event.step - 1] = event.loss;
    }
    const weights = await Promise.all([...stateDict(model).values()].map((tensor) => tensor.data()));
    return { losses, weights, events };
  } finally {
    dispose(model);
  }
}

/** Destroys the device at its n-th dispatch from now. */
function destroyAt(backend: TrainingBackend, n: number): void {
  const { dispatch } = backend;
  let count = 0;
  backend.dispatch = function (shader, work) {
    if (++count === n) this.device.destroy();
    dispatch.call(this, shader, work as never);
  };
}

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
    expect(active()).not.toBe(backend);
    const sum = tf.tidy(() => tf.sum(tf.ones([3000])));
    expect((await sum.data())[0]).toBe(3000);
    sum.dispose();
  });

  it('costs a training run nothing but time', { timeout: 3_600_000 }, async () => {
    const whole = await run(() => {});
    for (let loss = 0; loss < LOSSES; loss++) {
      // A step has some 40 dispatches of ours, and there are 6.
      const at = randomInt(1, 200);
      let isPending = true;
      const lost = await run((backend) => {
        if (isPending) destroyAt(backend, at);
        isPending = false;
      });
      expect(lost.losses, `lost at dispatch ${at}`).toEqual(whole.losses);
      expect(lost.weights).toEqual(whole.weights);
      expect(lost.events.filter((type) => type === 'warning')).toHaveLength(1);
    }
  });
});

describe('memory', () => {
  it('that no device has is refused before it is asked for', async () => {
    const backend = await useWebgpu();
    const { maxStorageBufferBindingSize } = backend.device.limits;
    expect(() => backend.output([maxStorageBufferBindingSize])).toThrow(
      /expected buffers of at most \d+ bytes on this device, received a tensor \[\d+\]/,
    );
  });

  it('stays flat from step to step', { timeout: 600_000 }, async () => {
    await useWebgpu();
    const layer = init(new Conv2d(8, 3, { padding: 1 }), [2, 8, 8, 4], { seed: 0 });
    const x = tf.ones([2, 8, 8, 4]) as tf.Tensor4D;
    const memoryAfter = async (steps: number) => {
      for (let i = 0; i < steps; i++) {
        tf.tidy(() => {
          tf.variableGrads(() => tf.sum(layer.forward(x)) as tf.Scalar);
        });
      }
      await active().finish();
      return active().memory();
    };
    const before = await memoryAfter(30);
    const after = await memoryAfter(200);
    expect(after.numBytesInGPU).toBe(before.numBytesInGPU);
    // How many of tfjs's small parameter buffers wait for a submit depends on how fast the device is.
    expect(after.numBytesAllocatedInGPU - before.numBytesAllocatedInGPU).toBeLessThan(2 ** 16);
    x.dispose();
    dispose(layer);
  });
});
