import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBackend, type SimdBackend } from '../src/index.js';
import { float } from '../src/memory.js';
import { waitUntilTaken, workerThat } from './faultyWorkers.js';

let said: string[] = [];
let backend: SimdBackend | undefined;

beforeEach(() => {
  said = [];
  vi.spyOn(console, 'warn').mockImplementation((text) => void said.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  backend?.dispose();
});

const LENGTH = 60_000;

/** The sum of as many ones as all threads together write. */
function filled({ output, run, floats }: SimdBackend = backend!): number {
  const { pointer } = output.call(backend, [LENGTH]);
  run.call(backend, 'fill', pointer, LENGTH, float(1));
  return floats.subarray(pointer / 4, pointer / 4 + LENGTH).reduce((sum, one) => sum + one, 0);
}

const event = () => new Promise((resolve) => setImmediate(resolve));

it('does the work of a thread that has ended, and says so once', async () => {
  backend = await createBackend({
    threads: 3,
    worker: workerThat('ready(); if (thread === 1) process.exit(); setInterval(() => {}, 1000)'),
  });
  while (said.length === 0) await event();
  for (let i = 0; i < 3; i++) expect(filled()).toBe(LENGTH);
  expect(said).toEqual(['simd: worker thread 1 has ended. Another does its work.']);
});

it('refuses the result of a kernel in which a thread ended, and does the next ones', async () => {
  backend = await createBackend({ threads: 3, worker: workerThat('ready(); take(); process.exit()') });
  waitUntilTaken();
  expect(() => filled()).toThrow(
    expect.objectContaining({
      code: 'KERNEL',
      message:
        'simd: kernel "fill": expected every thread to end, received a worker thread that ended in it. Go on from what was saved last.',
    }),
  );
  vi.mocked(Atomics.add).mockRestore(); // nobody is there to take one
  for (let i = 0; i < 3; i++) expect(filled()).toBe(LENGTH);
});

it('gives up a thread that does not answer, and computes no more: it may still write', async () => {
  backend = await createBackend({
    threads: 2,
    worker: workerThat('ready(); take(); for (;;) Atomics.wait(words, ticket + 3, 0)'),
  });
  waitUntilTaken();
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 60_000)); // what a program that was stopped for long sees
  let waits = 0;
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    waits++;
    return 'timed-out';
  });
  for (let i = 0; i < 2; i++) {
    expect(() => filled()).toThrow(
      expect.objectContaining({
        code: 'KERNEL',
        message:
          'simd: kernel "fill": expected every thread to end, received a worker thread that does not answer. Restart the program, and go on from what was saved last.',
      }),
    );
    expect(waits).toBeGreaterThan(10_000); // ten minutes in which it could have answered
  }
});

it.each([
  { worker: 'ends before it is ready', body: 'process.exit()', reason: /it ended/ },
  {
    worker: 'never says that it is ready',
    body: 'setInterval(() => {}, 1000)',
    reason: /no answer for 5 minutes/,
  },
])('computes with one thread where a worker $worker', async ({ body, reason }) => {
  const { setTimeout } = globalThis;
  const isLate = body.startsWith('set');
  const soon = (call: () => void, milliseconds = 0) => setTimeout(call, isLate ? 0 : milliseconds);
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(soon as typeof setTimeout);
  backend = await createBackend({ threads: 3, worker: workerThat(body) });
  expect(backend.threads).toBe(1);
  expect(filled()).toBe(LENGTH);
  expect(said).toEqual([expect.stringMatching(reason)]);
});
