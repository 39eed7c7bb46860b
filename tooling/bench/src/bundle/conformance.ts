/**
 * `@residual/conformance` on `webgpu`, through Dawn, on the adapter that there is: a line for each failure, and a sum. Its one argument,
 * such as 2/8, makes it a second of eight processes that share the cases: most of their time goes into the references. Exits with 1 after a failure.
 */
import { webgpu } from '@residual/backend-webgpu/node';
import { conformanceCases } from '@residual/conformance';
import { selectBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';

const [part, parts] = (process.argv[2] ?? '1/1').split('/').map(Number) as [number, number];
const { device } = await selectBackend([webgpu], { require: 'webgpu' });
const start = performance.now();
const memory = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
const options = { backend: 'webgpu', requireKernels: true, batchFree: true, large: true, memory };
const cases = conformanceCases(options).filter((_, i) => i % parts === part - 1);
let failed = 0;
for (const { group, name, run } of cases) {
  try {
    await run();
  } catch (error) {
    failed++;
    console.log(`FAILED ${group}: ${name}: ${(error as Error).message}`);
  }
}
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(`${device}: ${cases.length - failed} of ${cases.length} cases passed, in ${seconds} s`);
process.exit(failed === 0 ? 0 : 1);
