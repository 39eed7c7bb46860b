import { conformanceCases } from '@residual/conformance';
import { beforeAll, it } from 'vitest';
import { bytesInUse, describeWebgpu, useWebgpu } from './support.js';

/** What has many shaders of its own, whose compilation takes a software adapter seconds: larger shapes, blocks, networks; and thousands of matrix products. */
const SLOW =
  /^(conv2d|batchNorm|averagePool2d) drawn|^conv2d PyTorch: \[2, 12, 12, 16\]|^(adaptive|blocks|networks)|^batchFree (conv2d|a network of bottlenecks)|^optimizerUpdate PyTorch: (muon|.*a network)/;

/** Defines a test for every case of the suite that is slow in Node, or that is not. */
export function describeConformancePart(part: 'quick' | 'slow'): void {
  const options = { backend: 'webgpu', requireKernels: true, batchFree: true, memory: bytesInUse };
  const cases = conformanceCases(options).filter(
    ({ group, name }) => SLOW.test(`${group} ${name}`) === (part === 'slow'),
  );
  describeWebgpu('webgpu conforms in Node', () => {
    beforeAll(async () => {
      await useWebgpu();
    });

    describeWebgpu.each([...new Set(cases.map(({ group }) => group))])('%s', (group) => {
      for (const each of cases) if (each.group === group) it(each.name, () => each.run());
    });
  });
}
