import { parameters } from '@residual/blocks';
import type { ResNet } from '@residual/models';
import {
  gradientNorm,
  optimizerUpdate,
  pictureToFloat,
  softmaxCrossEntropy,
  type UpdateState,
} from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';

const OPTIONS = {
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: true },
  ...{ learningRate: 0.01, clipNorm: 5, averageDecay: 0.99 },
} as const;

/** Trains a network as a trainer does, on pictures of noise: forward, backward, clipping, momentum, averages. */
export class TrainingLoop {
  readonly #model: ResNet;
  readonly #weights: tf.Variable[];
  readonly #inputShape: [number, number, number, number];
  #state: Omit<UpdateState, 'parameters'>;
  #step = 0;

  /** @param inputShape [B, H, W, C] */
  constructor(model: ResNet, inputShape: [number, number, number, number]) {
    this.#model = model;
    this.#weights = parameters(model);
    this.#inputShape = inputShape;
    this.#state = {
      slots: { velocity: this.#weights.map((weight) => tf.zeros(weight.shape)) },
      averages: this.#weights.map((weight) => tf.clone(weight)),
      firstNonFiniteStep: tf.scalar(-1, 'int32'),
    };
  }

  /** One step; returns its loss. */
  step(): number {
    const before = this.#state;
    const step = this.#step++;
    const { loss, next } = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => this.#loss(step), this.#weights);
      const gradients = this.#weights.map(({ name }) => grads[name]!);
      const { parameters: moved, ...next } = optimizerUpdate(
        { parameters: this.#weights, ...this.#state },
        { gradients, gradientNorm: gradientNorm(gradients) },
        { step, ...OPTIONS },
      );
      for (const [i, weight] of this.#weights.entries()) weight.assign(moved[i]!);
      return { loss: value, next };
    });
    tf.dispose({ ...before });
    this.#state = next;
    const [value] = loss.dataSync();
    loss.dispose();
    return value!;
  }

  #loss(step: number): tf.Scalar {
    const [batch, , , channels] = this.#inputShape;
    const size = tf.util.sizeFromShape(this.#inputShape);
    const bytes = uniforms({ seed: step % 16, purpose: 'pictures' }, size, { max: 256 });
    const pictures = tf.tensor4d(Int32Array.from(bytes), this.#inputShape, 'int32');
    const labels = tf.tensor1d(
      Int32Array.from({ length: batch }, (_, i) => (i + step) % 10),
      'int32',
    );
    const each = (value: number) => new Array<number>(channels).fill(value);
    const x = pictureToFloat(pictures, { mean: each(0.5), standardDeviation: each(0.3) });
    return softmaxCrossEntropy(this.#model.forward(x, 'train'), labels, { labelSmoothing: 0.1 });
  }

  /** The weights, one after the other. */
  weights(): Float32Array[] {
    return this.#weights.map((weight) => weight.dataSync() as Float32Array);
  }

  dispose(): void {
    tf.dispose({ ...this.#state });
  }
}
