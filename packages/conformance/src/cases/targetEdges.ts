import { classTargets, targetCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertClose, assertNaN, assertSame } from '../compare.js';
import { drawTensor } from '../draw.js';
import { computeTwice, type NamedValues } from '../execute.js';
import type { Context } from '../options.js';
import type { Values } from '../values.js';

async function targetLossOf(
  where: string,
  logits: Values,
  targets: Values,
  context: Context,
): Promise<NamedValues> {
  return computeTwice(
    where,
    { logits, targets },
    (inputs) => {
      const f = (tensor: tf.Tensor) =>
        targetCrossEntropy(tensor as tf.Tensor2D, inputs.targets as tf.Tensor2D, { focusing: 0.5 });
      const { value, grad } = tf.valueAndGrad(f)(inputs.logits!, tf.scalar(1));
      return { loss: value, dLogits: grad };
    },
    context,
  );
}

export async function targetsOfUnknown(where: string, context: Context): Promise<void> {
  const labels = { shape: [3], data: Int32Array.of(1, 4, -1) };
  const make = (inputs: tf.NamedTensorMap) => ({ targets: classTargets(inputs.labels as tf.Tensor1D, 4) });
  const { targets } = await computeTwice(where, { labels }, make, context);
  assertNaN(`${where}: targets`, targets!, (i) => i >= 4);
  const known: Values = { shape: [4], data: targets!.data.slice(0, 4) as Float32Array };
  assertSame(`${where}: the known row`, 'VALUE', known, { shape: [4], data: Float32Array.of(0, 1, 0, 0) });
}

export async function lossOfImpossible(where: string, context: Context): Promise<void> {
  const logits = { shape: [1, 3], data: Float32Array.of(Number.NEGATIVE_INFINITY, 40, -40) };
  const targets = { shape: [1, 3], data: Float32Array.of(0, 1, 0) };
  const { loss, dLogits } = await targetLossOf(where, logits, targets, context);
  assertClose(`${where}: loss`, loss!, { shape: [], data: Float32Array.of(0) }, { relative: 1e-6 });
  const zeros = { shape: [1, 3], data: new Float32Array(3) };
  assertClose(`${where}: dLogits`, dLogits!, zeros, { relative: 1e-6 });
}

export async function targetLossOfNaN(where: string, context: Context): Promise<void> {
  const logits = drawTensor(0, 'logits', { shape: [2, 3] });
  const targets = drawTensor(0, 'targets', { shape: [2, 3], range: [0, 1] });
  for (const wrong of [logits, targets]) {
    const before = wrong.data[4]!;
    wrong.data[4] = Number.NaN;
    const { loss } = await targetLossOf(where, logits, targets, context);
    assertNaN(`${where}: loss`, loss!, () => true);
    wrong.data[4] = before;
  }
}
