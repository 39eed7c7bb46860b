import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { convolutionAlgorithm } from '../src/convolution/algorithm.js';
import { type ConvolutionAttributes, convolutionShape } from '../src/convolution/shape.js';
import { arithmeticOf } from '../src/plan.js';

/** The algorithm of many 3x3 convolutions of stride 1, in each direction. */
function choices(batches: number[], batchFree = false): string {
  const chosen: string[] = [];
  for (const batch of batches)
    for (const size of [3, 4, 6, 7, 12, 14, 24, 28, 56])
      for (const inputs of [1, 3, 8, 12, 16, 32, 64, 256, 512])
        for (const outputs of [8, 16, 64, 256, 512]) {
          const attributes: ConvolutionAttributes = { stride: [1, 1], padding: [1, 1], groups: 1, batchFree };
          const shape = convolutionShape([batch, size, size, inputs], [3, 3, inputs, outputs], attributes);
          for (const direction of ['forward', 'inputGradient', 'filterGradient'] as const)
            chosen.push(convolutionAlgorithm(shape, direction));
        }
  return createHash('sha256').update(chosen.join()).digest('hex').slice(0, 16);
}

it('has a version of its own for each choice between the algorithms of convolutions', () => {
  const { convolutions } = arithmeticOf({ relaxed: true }, {});
  // Another choice gives other bits. Once a version has been released: raise CONVOLUTIONS_VERSION in src/plan.ts as
  // well, so that whoever resumes a run is told.
  expect({
    convolutions,
    choices: choices([1, 2, 4, 16, 128]),
    batchFree: choices([1], true),
  }).toEqual({
    convolutions: 'chosen by shape, version 1',
    choices: 'e9a9b8b2ef625f4a',
    batchFree: 'd3f9f86304200902',
  });
});

it('says how convolutions were asked to be computed', () => {
  expect(arithmeticOf({ relaxed: true }, { convolution: 'direct' }).convolutions).toMatch(
    /^direct wherever it can/,
  );
  expect(arithmeticOf({ relaxed: false }, {}).multiplyAdd).toBe('in two roundings');
});
