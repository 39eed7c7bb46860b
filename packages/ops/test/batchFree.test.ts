import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it, vi } from 'vitest';
import { batchFree, batchNormInference, conv2d } from '../src/index.js';

beforeAll(async () => {
  expect(await tf.setBackend('cpu')).toBe(true);
});

/** The attribute, as each kernel of ours that `run` calls is given it. */
function givenTo(run: () => unknown): unknown[] {
  const runKernel = vi.spyOn(tf.engine(), 'runKernel');
  tf.tidy(() => void run());
  const given = runKernel.mock.calls
    .filter(([name]) => name.startsWith('residual/'))
    .map(([, , attributes]) => (attributes as { batchFree?: boolean }).batchFree);
  runKernel.mockRestore();
  return given;
}

function layers(): tf.Tensor {
  const y = conv2d(tf.ones([2, 4, 4, 1]), tf.ones([3, 3, 1, 2]));
  const [scale, offset, mean, variance] = [tf.ones([2]), tf.zeros([2]), tf.zeros([2]), tf.ones([2])];
  return batchNormInference(y, { scale, offset, mean, variance } as Parameters<typeof batchNormInference>[1]);
}

it('tells the kernels, and those outside of it nothing', () => {
  expect(givenTo(() => batchFree(layers))).toEqual([true, true]);
  expect(givenTo(layers)).toEqual([undefined, undefined]);
});

it('may be within another', () => {
  const run = () =>
    batchFree(() => {
      batchFree(layers);
      layers();
    });
  expect(givenTo(run)).toEqual([true, true, true, true]);
});

it('gives what its function gives, and ends when that throws', () => {
  expect(batchFree(() => 3)).toBe(3);
  expect(() =>
    batchFree(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(givenTo(layers)).toEqual([undefined, undefined]);
});

it('refuses a function that is asynchronous, which it would not last for', () => {
  const foreign = runInNewContext('Promise.resolve()') as Promise<void>;
  expect(() => batchFree(() => foreign)).toThrow('received one that returns a promise');
  expect(() => batchFree(async () => {})).toThrow(
    expect.objectContaining({
      name: 'OpsError',
      code: 'OPTION',
      message: expect.stringContaining('synchronous'),
    }),
  );
  expect(givenTo(layers)).toEqual([undefined, undefined]);
});
