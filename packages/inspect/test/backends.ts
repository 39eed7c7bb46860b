import '@tensorflow/tfjs-backend-cpu';
import { configureSimd } from '@residual/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';

/** Runs tests on tfjs's own backend and on a fast one, and checks that together they keep no tensor. */
export function onBackends(title: string, tests: () => void): void {
  describe.each(['cpu', 'simd'])(`${title} on %s`, (backend) => {
    let before = 0;
    beforeAll(async () => {
      configureSimd({ threads: 1 });
      expect(await tf.setBackend(backend)).toBe(true);
      before = tf.memory().numTensors;
    });
    afterAll(() => expect(tf.memory().numTensors).toBe(before));
    tests();
  });
}
