import { describeConformance } from '@residual/conformance';
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { whereTensorflowRuns } from './whereTensorflowRuns.js';

await whereTensorflowRuns(() => {
  const memory = () => tf.memory().numBytes;
  describeConformance({ describe, it }, { backend: 'tensorflow', requireKernels: true, large: true, memory });
});
