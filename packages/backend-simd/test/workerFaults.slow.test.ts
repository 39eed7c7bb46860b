import '@tensorflow/tfjs-backend-cpu';
import { dispose, init, initResNet } from '@residual/blocks';
import { basicBlock, cifarStem, ResNet } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { createBackend } from '../src/index.js';
import { ThreadPool } from '../src/pool.js';
import { keepWorkers } from './keepWorkers.js';
import { TrainingLoop } from './trainingLoop.js';

const THREADS = 3;
const SHAPE: [number, number, number, number] = [4, 12, 12, 1];

afterEach(() => vi.restoreAllMocks());

/** Two training steps; before the kernel that `at` counts, a worker is told to end: in it, in a later one, or between two. */
async function trained(at = Number.POSITIVE_INFINITY) {
  const workers = keepWorkers();
  const backend = await createBackend({ threads: THREADS });
  const { run } = ThreadPool.prototype;
  let kernels = 0;
  vi.spyOn(ThreadPool.prototype, 'run').mockImplementation(function (this: ThreadPool, ...given) {
    if (kernels++ === at) void workers[at % workers.length]!.terminate();
    run.apply(this, given);
  });
  tf.engine().registry.simd = backend;
  await tf.setBackend('simd');
  const stem = cifarStem(16);
  const network = new ResNet({
    stem,
    architecture: [[1, 16]],
    block: basicBlock(),
    numClasses: 10,
    initializer: initResNet,
  });
  const model = init(network, [1, ...SHAPE.slice(1)], { seed: 0 });
  const loop = new TrainingLoop(model as never, SHAPE);
  kernels = 0; // those before are not of a step
  try {
    const losses = [loop.step(), loop.step()];
    return { losses, weights: loop.weights(), kernels };
  } finally {
    loop.dispose();
    dispose(model);
    backend.dispose();
    vi.restoreAllMocks();
  }
}

it('whichever kernel a worker is ended before: the same bits, or an error that says so', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { kernels, ...whole } = await trained();
  const counts = { same: 0, said: 0 };
  for (let at = 0; at < kernels; at++) {
    const outcome = await trained(at).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: 'KERNEL', received: 'a worker thread that ended in it' });
      counts.said++;
    } else {
      expect(outcome, `ended before kernel ${at}`).toMatchObject(whole);
      counts.same++;
    }
  }
  console.info(`${kernels} kernels: ${JSON.stringify(counts)}`);
  expect(counts.same).toBeGreaterThan(0);
});
