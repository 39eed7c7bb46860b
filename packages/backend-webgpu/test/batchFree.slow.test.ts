import { dispose, init, predict } from '@residual/blocks';
import { BATCH_FREE_PICTURES, checkBatchFree } from '@residual/conformance';
import { d2lResNet } from '@residual/models';
import { uniforms } from '@residual/random';
import { it } from 'vitest';
import { describeWebgpu, useWebgpu } from './support.js';

/** The chapter's ResNet-18 at a quarter of its width: the whole one takes a software adapter minutes. */
const narrow = () => d2lResNet([[2, 16], [2, 32], [2, 64], [2, 128]]); // biome-ignore format: an architecture

describeWebgpu("the chapter's ResNet-18, narrow", () => {
  it('has the same logits for a picture in any batch, to the bit', async () => {
    await useWebgpu();
    const shape = [BATCH_FREE_PICTURES, 28, 27, 1];
    const pictures = {
      shape,
      data: uniforms({ seed: 0, purpose: 'pictures' }, BATCH_FREE_PICTURES * 28 * 27),
    };
    const model = init(narrow(), shape, { seed: 0 });
    await checkBatchFree('logits', pictures, (x) => predict(model, x, { batchFree: true }));
    dispose(model);
  });
});
