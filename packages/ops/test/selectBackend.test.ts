import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  type BackendCandidate,
  type BackendOption,
  conv2d,
  OpsError,
  type OptionValues,
  optionsOf,
  parseOption,
  selectBackend,
  threadsOption,
  valuesFor,
} from '../src/index.js';

const cpu: BackendCandidate = {
  name: 'cpu',
  options: [],
  probe: async () => ({ usable: true, device: 'this processor' }),
  load: async () => {},
};
const missing: BackendCandidate = {
  name: 'missing',
  options: [],
  probe: async () => ({ usable: false, reason: 'There is no such device.', fix: 'Buy one.' }),
  load: async () => {},
};
const broken: BackendCandidate = {
  name: 'broken',
  options: [],
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

  it('tells what a start has come to, where that is other than was planned', async () => {
    const fewer: BackendCandidate = {
      ...cpu,
      probeStarted: async (values) => ({
        usable: true,
        device: 'half of it',
        details: { asked: String(values?.threads) },
      }),
      options: [threadsOption],
    };
    expect(await selectBackend([fewer], { values: { threads: 2 } })).toMatchObject({
      device: 'half of it',
      details: { asked: '2' },
    });
  });

  const problem = { where: 'gpu', expected: 'an adapter', received: 'none', fix: 'Install a driver.' };
  it.each([
    ['an error', new OpsError('BACKEND', problem)],
    ['an error of another realm', Object.assign(runInNewContext("new Error('no')"), problem)],
  ])('takes the parts of %s for the reason and the fix', async (_, error) => {
    const failing: BackendCandidate = { ...cpu, name: 'failing', load: () => Promise.reject(error) };
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

describe('options of candidates', () => {
  const given: OptionValues[] = [];
  const storage: BackendOption = {
    name: 'storage',
    help: 'how tensors are kept',
    values: { kind: 'oneOf', choices: ['wide', 'narrow'] },
    default: 'wide',
    changesBits: true,
  };
  const able: BackendCandidate = {
    ...cpu,
    options: [threadsOption, storage],
    probe: async (values = {}) => {
      given.push(values);
      return { usable: true, device: 'an able device' };
    },
    load: async (values = {}) => void given.push(values),
  };
  const other: BackendCandidate = { ...cpu, name: 'other' };

  it('reach the candidate that has them, when it is looked at and when it is loaded', async () => {
    await selectBackend([missing, able], { values: { threads: 2, storage: undefined } });
    expect(given).toEqual([
      { threads: 2, storage: undefined },
      { threads: 2, storage: undefined },
    ]);
    expect(valuesFor(other, { threads: 2 })).toEqual({});
  });

  it('may be left aside by a backend without them, unless they change bits', async () => {
    expect((await selectBackend([cpu, { ...able, name: 'able' }], { values: { threads: 2 } })).name).toBe(
      'cpu',
    );
    const both = [cpu, { ...able, name: 'able' }];
    expect((await selectBackend(both, { values: { storage: 'wide' } })).name).toBe('cpu');
    await expect(selectBackend(both, { values: { storage: 'narrow' } })).rejects.toMatchObject({
      code: 'OPTION',
      message:
        'storage narrow: expected a backend with this option: able, received cpu. Ask for able, or leave the option out.',
    });
  });

  it.each([
    [{ threads: 0 }, 'threads: expected a whole number from 1 to 1024, received 0.'],
    [{ threads: '2' }, 'threads: expected a whole number from 1 to 1024, received 2.'],
    [{ storage: 'wider' }, 'storage: expected wide or narrow, received wider.'],
    [{ thread: 2 }, 'thread: expected an option of the backends (threads, storage), received 2.'],
  ])('are checked: %j', async (values: OptionValues, message) => {
    await expect(selectBackend([able], { values })).rejects.toThrow(message);
  });

  it('are read from text', () => {
    expect(parseOption(threadsOption, '8')).toBe(8);
    expect(parseOption(storage, 'narrow')).toBe('narrow');
    const width: BackendOption = { ...storage, values: { kind: 'oneOf', choices: [8, 16] } };
    expect(parseOption(width, '16')).toBe(16);
    expect(parseOption({ ...storage, values: { kind: 'text' } }, 'RTX')).toBe('RTX');
    for (const text of ['', '2.5', '-1', '0x10', '1025', 'two']) {
      expect(() => parseOption(threadsOption, text, '--threads')).toThrow(
        /^--threads: expected a whole number/,
      );
    }
    expect(() => parseOption(width, '12')).toThrow('expected 8 or 16, received 12');
    expect(() => parseOption({ ...storage, values: { kind: 'text' } }, '')).toThrow('received nothing');
  });

  it('of several candidates are listed once each', () => {
    const twin = { ...able, options: [threadsOption] };
    expect(optionsOf([twin, able, other]).map(({ name }) => name)).toEqual(['threads', 'storage']);
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
