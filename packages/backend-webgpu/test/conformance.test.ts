import { describeConformance } from '@residual/conformance';
import { beforeAll, describe, it } from 'vitest';
import { bytesInUse, useWebgpu } from './support.js';

beforeAll(async () => {
  await useWebgpu();
});

describeConformance({ describe, it }, { backend: 'webgpu', requireKernels: true, memory: bytesInUse });
