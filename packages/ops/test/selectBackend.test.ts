import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type BackendCandidate, conv2d, OpsError, selectBackend } from '../src/index.js';

const cpu: BackendCandidate = {
  name: 'cpu',
  probe: async () => ({ usable: true, device: 'this processor' }),
  load: async () => {},
};
const missing: BackendCandidate = {
  name: 'missing',
  probe: async () => ({ usable: false, reason: 'There is no such device.', fix: 'Buy one.' }),
  load: async () => {},
};
const broken: BackendCandidate = {
  name: 'broken',
  probe: async () => ({ usable: true, device: 'a device that fails' }),
  load: async () => {
    throw new Error('It does not start.');
  },
};

describe('selectBackend', () => {
  it('takes the first that runs and tells why the others were passed over', async () => {
    const selected = await selectBackend([missing, broken, cpu]);
    expect(selected.name).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(selected.passedOver).toEqual([
      { name: 'missing', reason: 'There is no such device.', fix: 'Buy one.' },
      { name: 'broken', reason: 'It does not start.', fix: 'Choose another backend.' },
    ]);
  });

  it("takes an error's parts for the reason and the fix", async () => {
    const problem = { where: 'gpu', expected: 'an adapter', received: 'none', fix: 'Install a driver.' };
    const failing: BackendCandidate = {
      ...cpu,
      name: 'failing',
      load: () => Promise.reject(new OpsError('BACKEND', problem)),
    };
    expect((await selectBackend([failing, cpu])).passedOver).toEqual([
      { name: 'failing', reason: 'Expected an adapter, received none.', fix: 'Install a driver.' },
    ]);
  });

  it('takes what is only for those who ask by name only then', async () => {
    const slow: BackendCandidate = {
      ...cpu,
      probe: async () => ({ usable: true, device: 'a slow device', onlyByName: 'It is slow.' }),
    };
    const selected = await selectBackend([{ ...slow, name: 'slow' }, cpu]);
    expect(selected.passedOver).toEqual([
      { name: 'slow', reason: 'It is slow.', fix: 'Ask for it by its name.' },
    ]);
    expect((await selectBackend([slow], { require: 'cpu' })).device).toBe('a slow device');
  });

  it('never replaces a required backend by another', async () => {
    await expect(selectBackend([missing, cpu], { require: 'missing' })).rejects.toThrow(
      /There is no such device. Buy one./,
    );
    await expect(selectBackend([missing, cpu], { require: 'other' })).rejects.toThrow(
      'expected one of missing, cpu, received other',
    );
  });

  it('notices a factory that fails, though tfjs itself only returns false', async () => {
    const warn = console.warn;
    console.warn = () => {};
    const failing: BackendCandidate = {
      ...broken,
      name: 'failing',
      load: async () => void tf.registerBackend('failing', () => Promise.reject(new Error('no'))),
    };
    const selected = await selectBackend([failing, cpu]).finally(() => {
      console.warn = warn;
    });
    expect(selected.name).toBe('cpu');
    expect(selected.passedOver[0]?.reason).toContain('Its start failed');
  });
});

describe('two copies of tfjs-core', () => {
  it('are named when a tensor of another copy arrives', async () => {
    await tf.setBackend('cpu');
    class Tensor extends tf.Tensor {} // what a second copy's class looks like from here
    const foreign = Object.setPrototypeOf(tf.ones([1, 4, 4, 1]), Tensor.prototype) as tf.Tensor4D;
    expect(() => conv2d(foreign, tf.ones([3, 3, 1, 1]))).toThrow(/made by another copy of it/);
  });
});
