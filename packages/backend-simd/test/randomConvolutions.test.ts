import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { ConvolutionAlgorithm } from '../src/convolution/algorithm.js';
import { createBackend, type SimdBackend } from '../src/index.js';
import { relativeError } from '../src/testing/naive.js';
import { anyConvolution, bothWays, DIRECTIONS, winogradConvolution } from './randomConvolution.js';
import { relativeDistance } from './support.js';

// A sample of them here; all 10,000 with `npx pnpm@12 soak`.
const isSoak = process.env.RESIDUAL_SOAK === '1';
const COUNT = isSoak ? 10_000 : 60;
/** ||a - b||2 / ||b||2 against double precision, and max |a - b| / max |b|. */
const DISTANCE = 2e-6;
const ERROR = 2e-5;

const backends: SimdBackend[] = [];
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

/** The worst that was seen in one direction. */
class Worst {
  distance = 0;
  error = 0;
  where = '';
  mismatches = 0;

  add(distance: number, error: number, where: string): void {
    if (distance > this.distance) this.where = where;
    this.distance = Math.max(this.distance, distance);
    this.error = Math.max(this.error, error);
    if (!(distance <= DISTANCE && error <= ERROR)) this.mismatches++;
  }
}

const families: [string, ConvolutionAlgorithm[], typeof anyConvolution][] = [
  ['any kernel, stride and groups', ['direct'], anyConvolution],
  ['3x3, stride 1', ['winograd3', 'winograd4'], winogradConvolution],
];

describe('random convolutions against double precision', () => {
  it.each(families)(
    `${COUNT} of %s by %j`,
    { timeout: isSoak ? 3_600_000 : 120_000 },
    async (_, algorithms, draw) => {
      const worst = algorithms.map(() => DIRECTIONS.map(() => new Worst()));
      // Memory of its own, and shared by two threads.
      const simd = await Promise.all(
        algorithms.map((convolution) =>
          Promise.all(
            [1, 2].map((threads) => createBackend({ threads, convolution, poisonFreedMemory: true })),
          ),
        ),
      );
      backends.push(...simd.flat());
      for (let index = 0; index < COUNT; index++) {
        const one = draw(index);
        const { expected, actual } = bothWays(one, index);
        for (const a of algorithms.keys()) {
          tf.engine().registry.simd = simd[a]![index % 2]!;
          await tf.setBackend('simd');
          for (const [d, values] of actual().entries()) {
            const distance = relativeDistance(values, expected[d]!.values);
            const error = relativeError(values, expected[d]!);
            worst[a]![d]!.add(distance, error, `shape ${index}: ${JSON.stringify(one)}`);
          }
        }
      }
      for (const [a, algorithm] of algorithms.entries())
        for (const [d, direction] of DIRECTIONS.entries()) {
          const { distance, error, where, mismatches } = worst[a]![d]!;
          const text = `${algorithm}, ${direction}: ${COUNT} shapes, ${mismatches} beyond the bound, worst ${distance.toExponential(2)} (${error.toExponential(2)} of the largest value) at ${where}`;
          if (isSoak) console.log(text);
          expect(mismatches, text).toBe(0);
        }
    },
  );
});
