import { describeConformance } from '@residual/conformance';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { simd } from '../src/index.js';

beforeAll(async () => {
  await simd.load();
  expect(await tf.setBackend('simd')).toBe(true);
});

describeConformance(
  { describe, it },
  { backend: 'simd', requireKernels: true, batchFree: true, memory: () => tf.memory().numBytes },
);
