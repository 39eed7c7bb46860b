import { type ModelName, models } from '@residual/models';
import { describe, it } from 'vitest';
import { expectBatchFree } from './batchFreeModels.js';

// batchFree.test.ts has a few of them at small sizes.

/** More of the blocks of resnet50 and wide-resnet50-2, of no other sizes: which have the largest pictures. */
const DEEPER = /^(resnet(101|152)|wide-resnet101-2)$/;

describe('logits free of the batch are the same bits in any', () => {
  it.each(Object.keys(models) as ModelName[])('%s', { timeout: 900_000 }, async (name) => {
    await expectBatchFree(name, [
      [28, 28],
      [32, 32],
      [37, 61],
      ...(DEEPER.test(name) ? [] : ([[96, 96]] as [number, number][])),
    ]);
  });
});
