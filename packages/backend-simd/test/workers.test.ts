import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { createBackend, type SimdOptions, simd } from '../src/index.js';
import { workerThat } from './faultyWorkers.js';

const worker = new URL('../src/worker.js', import.meta.url);
const NOWHERE = new URL('./nowhere/worker.js', import.meta.url);

tf.removeBackend('simd'); // to be started in ways of the tests' own
afterEach(() => vi.restoreAllMocks());

const probeOf = (options: SimdOptions) => simd.probeStarted!(options as Record<string, never>);

it.each([
  ['an address', NOWHERE],
  ['an address in a string', NOWHERE.href.replace('worker', 'other')],
  ['no address', '::'],
])('one thread computes, with a word, where the worker is not to be found: %s', async (_, address) => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const backend = await createBackend({ threads: 3, worker: address });
  tf.registerBackend('simd', () => backend, 1);
  tf.setBackend('simd');
  expect(tf.sum(tf.ones([300, 1000])).dataSync()[0]).toBe(300_000);
  expect(backend.threads).toBe(1);
  expect(await probeOf({ threads: 3, worker: address })).toMatchObject({
    device: 'CPU, WebAssembly SIMD, 1 thread',
    details: { threads: expect.stringContaining('1 thread instead of 3') },
  });
  tf.removeBackend('simd');
  expect(said.mock.calls.flat()).toEqual([
    expect.stringMatching(
      /^simd: 1 thread instead of 3, as worker\.js doesn't start \(.+\)\. .*configureSimd\(\{ worker \}\)/s,
    ),
  ]);
});

it('the threads before one that does not start compute, and are those that are told of', async () => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const some = workerThat(
    `if (thread === 2) throw new Error('EAGAIN'); ready(); setInterval(() => {}, 1e6);`,
  );
  const options = { threads: 4, worker: some };
  expect(await probeOf(options)).toMatchObject({ device: 'CPU, WebAssembly SIMD, 4 threads' });
  const backend = await createBackend(options);
  expect(backend.threads).toBe(2);
  const notice = expect.stringMatching(
    /2 threads instead of 4, as no more start \(.*EAGAIN\)\. Raise the limit/,
  );
  expect(said.mock.calls).toEqual([[notice]]);
  const device = 'CPU, WebAssembly SIMD, 2 threads';
  expect(await probeOf(options)).toMatchObject({ device, details: { threads: notice } });
  expect(await probeOf({ ...options, threads: 1 })).toMatchObject({ details: { threads: '1' } });
  expect(await probeOf({ ...options, worker })).toMatchObject({ details: { threads: '4' } });
  backend.dispose();
});

it.each([worker, worker.href])('workers start from where they are said to be: %s', async (address) => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
  (await createBackend({ threads: 2, worker: address })).dispose();
  expect(said).not.toHaveBeenCalled();
});
