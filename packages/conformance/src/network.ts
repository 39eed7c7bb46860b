import { predict } from '@residual/blocks';
import type { ResNet } from '@residual/models';
import { softmaxCrossEntropy } from '@residual/ops';
import { randomStream } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertClose } from './compare.js';
import { drawTensor } from './draw.js';
import type { NamedValues } from './execute.js';
import { type FixtureCase, tensorOf } from './fixture.js';
import type { Context } from './options.js';
import { trainingPass } from './trainingPass.js';
import type { Values } from './values.js';

/** What every fixture of a network says. */
export interface NetworkAttributes {
  /** [B, H, W, C] */
  inputShape: number[];
  classes: number;
}

/** The fixture's batch: pictures in [0, 1) and their labels. */
export function batchOf({ seed, attrs }: FixtureCase<NetworkAttributes>): { x: Values; labels: Values } {
  const draw = randomStream({ seed, purpose: 'labels' });
  const labels = Int32Array.from({ length: attrs.inputShape[0]! }, (_, i) => draw.uint32(i) % attrs.classes);
  return {
    x: drawTensor(seed, 'x', { shape: attrs.inputShape, range: [0, 1] }),
    labels: { shape: [labels.length], data: labels },
  };
}

/** Logits in eval mode, then the loss, gradients and statistics of one training pass. */
export function predictAndTrain(model: ResNet, inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  const x = inputs.x as tf.Tensor4D;
  const logits = predict(model, x);
  const loss = () => softmaxCrossEntropy(model.forward(x, 'train'), inputs.labels as tf.Tensor1D);
  const { value, results } = trainingPass(model, loss, tf.scalar(1));
  return { logits, loss: value, ...results };
}

/** Compares the logits. Rounding adds up over the layers, so the share is three times that of one operation. */
export function checkLogits(
  where: string,
  actual: NamedValues,
  fixture: FixtureCase<NetworkAttributes>,
  { tolerance }: Context,
): void {
  assertClose(`${where}: logits`, actual.logits!, tensorOf(fixture, 'logits'), {
    relative: 3 * tolerance.forward,
  });
}

/** Compares logits, loss and running statistics: what no gate near its tie can upset. */
export function checkForward(
  where: string,
  actual: NamedValues,
  fixture: FixtureCase<NetworkAttributes>,
  context: Context,
): void {
  const { forward } = context.tolerance;
  checkLogits(where, actual, fixture, context);
  assertClose(`${where}: loss`, actual.loss!, tensorOf(fixture, 'loss'), { relative: 2 * forward });
  for (const [name, expected] of fixture.tensors) {
    if (!name.startsWith('statistic.')) continue;
    assertClose(`${where}: ${name}`, actual[name]!, expected, { relative: 3 * forward });
  }
}
