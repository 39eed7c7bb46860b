import { dispose, init, predict, stateDict } from '@residual/blocks';
import { BATCH_FREE_PICTURES, checkBatchFree } from '@residual/conformance';
import { type ModelName, models } from '@residual/models';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { createBackend, type SimdBackend } from '../src/index.js';

let backend: SimdBackend;
beforeAll(async () => {
  backend = await createBackend({ threads: 2 });
});
afterAll(() => backend.dispose());

/** Expects a model's logits, of pictures of each of these sizes, to be the same bits in batches of 1, 2, 8, 32 and 33. */
export async function expectBatchFree(name: ModelName, sizes: readonly [number, number][]): Promise<void> {
  tf.engine().registry.simd = backend; // the other tests put theirs here
  expect(await tf.setBackend('simd')).toBe(true);
  const { create, inputShape } = models[name];
  const channels = inputShape[2];
  const model = init(create({ numClasses: 10 }), [1, ...inputShape], { seed: 0 });
  drawNormalizations(stateDict(model));
  for (const [height, width] of sizes) {
    const shape = [BATCH_FREE_PICTURES, height, width, channels];
    const pictures = {
      shape,
      data: uniforms({ seed: 0, purpose: 'pictures' }, tf.util.sizeFromShape(shape)),
    };
    await checkBatchFree(`${name} ${height}x${width}`, pictures, (x) => {
      const logits = predict(model, x, { batchFree: true });
      expect([...logits.dataSync()].every(Number.isFinite)).toBe(true);
      return logits;
    });
  }
  dispose(model);
}

/** As after a training, so that each has something to do: as they start, some let nothing through. */
function drawNormalizations(state: ReturnType<typeof stateDict>): void {
  const middles: Record<string, number> = { scale: 1, runningVariance: 1, offset: 0, runningMean: 0 };
  for (const [path, variable] of state) {
    const middle = middles[path.slice(path.lastIndexOf('.') + 1)];
    if (middle === undefined) continue;
    const drawn = uniforms({ seed: 0, purpose: path }, variable.size);
    tf.tidy(() =>
      variable.assign(
        tf.tensor(
          drawn.map((u) => middle + (u - 0.5) / 2),
          variable.shape,
        ),
      ),
    );
  }
}
