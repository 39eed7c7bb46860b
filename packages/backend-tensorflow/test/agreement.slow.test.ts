import { simd } from '@residual/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { frozenLosses, trainingLosses } from './trainingRun.js';
import { whereTensorflowRuns } from './whereTensorflowRuns.js';

/** What one gets on each backend. */
async function onBoth<T>(run: () => T): Promise<{ tensorflow: T; simd: T }> {
  const on = async (backend: string) => {
    expect(await tf.setBackend(backend)).toBe(true);
    return run();
  };
  // Threads that wait for each other crawl beside TensorFlow's.
  await simd.load({ threads: 1 });
  return { simd: await on('simd'), tensorflow: await on('tensorflow') };
}

const largest = (actual: number[], expected: number[]) =>
  Math.max(...actual.map((value, i) => Math.abs(value / expected[i]! - 1)));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (values: number[]) => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);

await whereTensorflowRuns(() => {
  it("the chapter's ResNet-18 has the losses of simd while its weights stay", {
    timeout: 600_000,
  }, async () => {
    const found = await onBoth(() => frozenLosses({ inputShape: [16, 96, 96, 1], seed: 0, steps: 20 }));
    expect(largest(found.tensorflow, found.simd)).toBeLessThan(1e-5);
  });

  // Rounding decides at ReLUs and poolings near a tie, so runs part after some steps; their means must not.
  it('it learns as on simd', { timeout: 600_000 }, async () => {
    const ends: { tensorflow: number[]; simd: number[] } = { tensorflow: [], simd: [] };
    for (const seed of [0, 1, 2, 3]) {
      const options = { inputShape: [16, 32, 32, 1] as [number, number, number, number], seed };
      const found = await onBoth(() => trainingLosses({ ...options, steps: 20, learningRate: 0.01 }));
      expect(largest(found.tensorflow.slice(0, 1), found.simd.slice(0, 1))).toBeLessThan(2e-5);
      for (const name of ['tensorflow', 'simd'] as const) {
        ends[name].push(mean(found[name].slice(15)));
        expect(ends[name].at(-1)).toBeLessThan(found[name][0]!);
      }
    }
    // Of the difference of the means: each group has 3 degrees of freedom.
    const standardError = Math.sqrt((squares(ends.tensorflow) + squares(ends.simd)) / (3 * 4));
    expect(Math.abs(mean(ends.tensorflow) - mean(ends.simd))).toBeLessThan(3 * standardError);
  });
});
