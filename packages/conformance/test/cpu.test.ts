import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeConformance } from '../src/index.js';

beforeAll(async () => {
  expect(await tf.setBackend('cpu')).toBe(true);
});

describeConformance({ describe, it }, { backend: 'cpu', batchFree: true });
