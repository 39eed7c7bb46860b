import { simd } from '@residual/backend-simd';
import { dispose, init } from '@residual/blocks';
import { d2lResNet18 } from '@residual/models';
import { softmaxCrossEntropy } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeWebgpu, useWebgpu } from './support.js';

const BATCH = 8;
/** AGREEMENT=20 is what docs/backends.md reports; each takes a while on the processor. */
const LOSSES = Number(process.env.AGREEMENT ?? 1);

/** Logits of the first batch, and the losses of all batches, with the weights as they are drawn. */
async function forward(): Promise<{ logits: Float32Array; losses: number[] }> {
  const model = init(d2lResNet18(), [BATCH, 96, 96, 1], { seed: 0 });
  const labels = tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 7], 'int32');
  let logits: Float32Array | undefined;
  const losses: number[] = [];
  for (let batch = 0; batch < LOSSES; batch++) {
    const pictures = uniforms({ seed: 0, purpose: `batch ${batch}` }, BATCH * 96 * 96);
    const results = tf.tidy(() => {
      const predicted = model.forward(tf.tensor4d(pictures, [BATCH, 96, 96, 1]), 'train') as tf.Tensor2D;
      return { predicted, loss: softmaxCrossEntropy(predicted, labels) };
    });
    logits ??= (await results.predicted.data()) as Float32Array;
    losses.push((await results.loss.data())[0]!);
    tf.dispose(results);
  }
  labels.dispose();
  dispose(model);
  return { logits: logits!, losses };
}

describeWebgpu('with simd', () => {
  it("agrees on the chapter's ResNet-18", { timeout: 1_800_000 }, async () => {
    await useWebgpu();
    const actual = await forward();
    await simd.load();
    expect(await tf.setBackend('simd')).toBe(true);
    const expected = await forward();
    const largest = Math.max(...expected.logits.map(Math.abs));
    const apart =
      Math.max(...expected.logits.map((logit, i) => Math.abs(logit - actual.logits[i]!))) / largest;
    const losses = expected.losses.map((loss, i) => Math.abs(loss - actual.losses[i]!) / Math.abs(loss));
    process.stdout.write(`logits ${apart}, ${LOSSES} losses ${Math.max(...losses)} apart\n`);
    expect(apart).toBeLessThan(2e-5);
    expect(Math.max(...losses)).toBeLessThan(1e-5);
  });
});
