import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { createBackend } from '../src/index.js';

const worker = new URL('../src/worker.js', import.meta.url);
const NOWHERE = new URL('./nowhere/worker.js', import.meta.url);

tf.removeBackend('simd'); // to be started in ways of the tests' own
afterEach(() => vi.restoreAllMocks());

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
  tf.removeBackend('simd');
  expect(said.mock.calls.flat()).toEqual([
    expect.stringMatching(
      /^simd: 1 thread instead of 3, as worker\.js doesn't start \(.+\)\. .*configureSimd\(\{ worker \}\)/s,
    ),
  ]);
});

it.each([worker, worker.href])('workers start from where they are said to be: %s', async (address) => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
  (await createBackend({ threads: 2, worker: address })).dispose();
  expect(said).not.toHaveBeenCalled();
});
