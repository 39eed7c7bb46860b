import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBackend, float } from '../src/index.js';

const workerThreads = process.getBuiltinModule('node:worker_threads');
const original = workerThreads.Worker;
const started: Worker[] = [];
const ended = new Set<Worker>();

beforeEach(() => {
  started.length = 0;
  ended.clear();
  workerThreads.Worker = class extends original {
    constructor(...args: ConstructorParameters<typeof original>) {
      super(...args);
      started.push(this);
      this.once('exit', () => ended.add(this));
    }
  };
});
afterEach(() => {
  workerThreads.Worker = original;
});

/** Waits, for as long as a busy machine may need, until something is the case. */
async function eventually(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !isSo(); i++) await sleep(10);
  expect(isSo()).toBe(true);
}

/** A backend on 3 threads that has just used all of them: its workers are spinning, in the hope for another kernel. */
async function busyBackend() {
  const backend = await createBackend({ threads: 3 });
  backend.scope(() => {
    const pointer = backend.scratch(4 * 300_000);
    for (let i = 0; i < 20; i++) backend.run('fill', pointer, 300_000, float(i));
  });
  return backend;
}

it('ends the workers, also right after they were used', async () => {
  for (let i = 0; i < 3; i++) (await busyBackend()).dispose();
  expect(started.length).toBe(6);
  await eventually(() => ended.size === 6);
});

it('ends workers that sleep', async () => {
  const backend = await busyBackend();
  await sleep(50); // they spin for a millisecond
  backend.dispose();
  await eventually(() => ended.size === 2);
});

it('may be called twice, and ends no other backend', async () => {
  const other = await busyBackend();
  const backend = await busyBackend();
  backend.dispose();
  backend.dispose();
  await eventually(() => ended.size === 2);
  other.scope(() => {
    const pointer = other.scratch(4000);
    other.run('fill', pointer, 1000, float(3));
    expect(other.floats[pointer / 4 + 999]).toBe(3);
  });
  expect(ended.size).toBe(2);
  other.dispose();
  await eventually(() => ended.size === 4);
});

it('frees the memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = await (async () => {
    const backend = await busyBackend();
    backend.write(new Float32Array(2 ** 22), [2 ** 22], 'float32'); // a tensor that nobody disposed of
    const buffer = new WeakRef(backend.words.buffer);
    backend.dispose();
    return buffer;
  })();
  await eventually(() => {
    collect();
    return memory.deref() === undefined;
  });
});
