import { describeConformance } from '@residual/conformance';
import { beforeAll, it } from 'vitest';
import { bytesInUse, describeWebgpu, useWebgpu } from './support.js';

describeWebgpu('in Node', () => {
  beforeAll(async () => {
    await useWebgpu();
  });

  describeConformance(
    { describe: describeWebgpu, it },
    { backend: 'webgpu', requireKernels: true, batchFree: true, memory: bytesInUse },
  );
});
