import { dispose, init, initResNet } from '@residual/blocks';
import {
  type Architecture,
  basicBlock,
  cifarStem,
  d2lResNet18,
  ResNet,
  resnet20,
  resnet50,
  resnet152,
} from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { createBackend, type SimdBackend } from '../src/index.js';
import { TrainingLoop } from './trainingLoop.js';

// Short here; as long as the tests' names say with `npx pnpm@12 soak`.
const isSoak = process.env.RESIDUAL_SOAK === '1';
/** After these, the heap has found a place for everything; for d2l-resnet18 after eight. */
const WARM_UP = { small: 5, large: 10 };

const architecture: Architecture = [
  [1, 16],
  [1, 32],
];
const twoBlocks = () =>
  new ResNet({
    ...{ stem: cifarStem(16), architecture, block: basicBlock(), numClasses: 10, initializer: initResNet },
  });

let backend: SimdBackend | undefined;
afterEach(() => backend?.dispose());

async function start(threads: number): Promise<SimdBackend> {
  backend = await createBackend({ threads });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
  return backend;
}

interface Run {
  name: string;
  create: () => ResNet;
  size: number;
  channels?: number;
  batch: number;
  warmUp: number;
  steps: number;
}

const runs: Run[] = [
  {
    name: 'two blocks',
    create: twoBlocks,
    size: 12,
    batch: 4,
    warmUp: WARM_UP.small,
    steps: isSoak ? 5000 : 200,
  },
  {
    name: 'resnet20',
    create: resnet20,
    size: 28,
    batch: isSoak ? 128 : 32,
    warmUp: WARM_UP.small,
    steps: isSoak ? 300 : 8,
  },
];
/** What docs/memory.md tells of. */
const large: Run[] = [
  { name: 'd2l-resnet18', create: d2lResNet18, size: 96, batch: 128, warmUp: WARM_UP.large, steps: 14 },
  { name: 'resnet50', create: resnet50, size: 224, channels: 3, batch: 16, warmUp: WARM_UP.large, steps: 14 },
  {
    name: 'resnet152',
    create: resnet152,
    size: 224,
    channels: 3,
    batch: 4,
    warmUp: WARM_UP.large,
    steps: 14,
  },
];

describe.each([1, 2])('training on %i threads', (threads) => {
  it.each(isSoak && threads === 2 ? [...runs, ...large] : runs)(
    '$name at batch $batch: no tensor and no byte more after $steps steps',
    { timeout: isSoak ? 3_600_000 : 120_000 },
    async ({ create, size, channels = 1, steps, warmUp, batch }) => {
      const simd = await start(threads);
      const unused = simd.memory().heapBytesInUse;
      const model = init(create(), [1, size, size, channels], { seed: 0 });
      const loop = new TrainingLoop(model, [batch, size, size, channels]);
      const counts = () => ({ ...tf.memory(), heapBytesInUsePeak: undefined });
      for (let i = 0; i < warmUp; i++) loop.step();
      const before = counts();
      for (let i = warmUp; i < steps; i++) expect(Number.isFinite(loop.step())).toBe(true);
      expect(counts()).toEqual(before);
      if (isSoak) console.log(`${steps} steps: ${JSON.stringify(simd.memory())}`);
      loop.dispose();
      dispose(model);
      expect(simd.memory().heapBytesInUse).toBe(unused);
    },
  );
});

describe('training', () => {
  it('gives the same bits on 1, 2 and 3 threads, and when it is repeated', async () => {
    const results: unknown[] = [];
    for (const threads of [1, 2, 3, 2]) {
      const simd = await start(threads);
      const model = init(twoBlocks(), [1, 12, 12, 1], { seed: 0 });
      const loop = new TrainingLoop(model, [6, 12, 12, 1]);
      const losses = Array.from({ length: 4 }, () => loop.step());
      results.push({
        losses,
        weights: loop.weights().map((values) => Buffer.from(values.buffer).toString('hex')),
      });
      loop.dispose();
      dispose(model);
      simd.dispose();
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });
});
