import { convolutionAlgorithm, convolutionShape, type SimdBackend, simd } from '@residual/backend-simd';
import { selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Loaded, LoadOptions } from './loaded.ts';

export async function load({ threads }: LoadOptions): Promise<Loaded> {
  const { details } = await selectBackend([simd], { values: { threads } });
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  const used = Number(details.threads);
  const { convolution } = tf.backend() as SimdBackend;
  return {
    description: `Residual's simd; ${facts.join('; ')}`,
    versions: {},
    threads: Number.isNaN(used) ? 1 : used, // in words where a page allows only one
    algorithmOf({ inputShape, filterShape, direction, ...attributes }) {
      const shape = convolutionShape(inputShape, filterShape, attributes);
      return convolutionAlgorithm(shape, direction, convolution);
    },
    timeKernels,
  };
}

/** Around the threads' calls, as recorded ones go past TensorFlow.js. */
async function timeKernels(run: () => Promise<void>): Promise<number> {
  const { pool } = tf.backend() as unknown as { pool: { run(...call: unknown[]): void } };
  const runKernel = pool.run;
  let milliseconds = 0;
  pool.run = (...call) => {
    const start = performance.now();
    runKernel.apply(pool, call);
    milliseconds += performance.now() - start;
  };
  try {
    await run();
  } finally {
    Reflect.deleteProperty(pool, 'run'); // its class has the real one
  }
  return milliseconds;
}
