import { dispose, init, parameters } from '@residual/blocks';
import { d2lResNet18 } from '@residual/models';
import { gradientNorm, optimizerUpdate, softmaxCrossEntropy } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';

export interface RunOptions {
  /** [B, H, W, C] */
  inputShape: [number, number, number, number];
  seed: number;
  steps: number;
  learningRate: number;
}

/** The chapter's ResNet-18 and made-up pictures for it, whose first row says to which of ten classes they belong. */
function prepare({ inputShape, seed }: Pick<RunOptions, 'inputShape' | 'seed'>) {
  const [batch, height, width, channels] = inputShape;
  const model = init(d2lResNet18(), [1, height, width, channels], { seed });
  const loss = (step: number): tf.Scalar => {
    const labels = Array.from({ length: batch }, (_, i) => (i * 7 + step) % 10);
    const values = uniforms({ seed, purpose: 'pictures', stream: step }, batch * height * width * channels);
    for (const [i, label] of labels.entries()) {
      const first = i * height * width * channels;
      values.fill(label / 10, first, first + width * channels);
    }
    const logits = model.forward(tf.tensor4d(values, inputShape), 'train') as tf.Tensor2D;
    return softmaxCrossEntropy(logits, tf.tensor1d(labels, 'int32'));
  };
  return { model, loss };
}

/** The losses of some batches, with weights that stay as they are at first. */
export function frozenLosses({ steps, ...options }: Omit<RunOptions, 'learningRate'>): number[] {
  const { model, loss } = prepare(options);
  const found = Array.from({ length: steps }, (_, step) => tf.tidy(() => loss(step).dataSync()[0]!));
  dispose(model);
  return found;
}

/** The losses of some steps of plain gradient descent. */
export function trainingLosses({ steps, learningRate, ...options }: RunOptions): number[] {
  const { model, loss } = prepare(options);
  const weights = parameters(model);
  const found = Array.from({ length: steps }, (_, step) =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => loss(step), weights);
      const gradients = weights.map(({ name }) => grads[name]!);
      const next = optimizerUpdate(
        { parameters: weights, slots: {}, firstNonFiniteStep: tf.scalar(-1, 'int32') },
        { gradients, gradientNorm: gradientNorm(gradients) },
        { optimizer: { name: 'sgd', momentum: 0, nesterov: false }, step, learningRate },
      );
      for (const [i, weight] of weights.entries()) weight.assign(next.parameters[i]!);
      return value.dataSync()[0]!;
    }),
  );
  dispose(model);
  return found;
}
