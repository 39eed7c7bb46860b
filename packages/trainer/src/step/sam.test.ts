import '@tensorflow/tfjs-backend-cpu';
import { dispose, GlobalAveragePool, init, Linear, namedParameters, Sequential } from '@residual/blocks';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { sgd } from './descent.js';
import { sam } from './sam.js';
import { trainStep } from './trainStep.js';

const [PICTURES, CHANNELS, CLASSES] = [6, 4, 3];
const MOMENTUM = 0.9;

/** The gradients of softmax regression in float64: of weights [C, K] and biases [K], one after the other. */
function gradientOf(weights: readonly number[], x: ArrayLike<number>, labels: Int32Array): number[] {
  const gradient = new Array<number>(weights.length).fill(0);
  for (let b = 0; b < PICTURES; b++) {
    const logits = Array.from({ length: CLASSES }, (_, k) => {
      let sum = weights[CHANNELS * CLASSES + k]!;
      for (let c = 0; c < CHANNELS; c++) sum += x[b * CHANNELS + c]! * weights[c * CLASSES + k]!;
      return sum;
    });
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    for (const [k, logit] of logits.entries()) {
      const off = (Math.exp(logit) / total - (labels[b] === k ? 1 : 0)) / PICTURES;
      gradient[CHANNELS * CLASSES + k]! += off;
      for (let c = 0; c < CHANNELS; c++) gradient[c * CLASSES + k]! += off * x[b * CHANNELS + c]!;
    }
  }
  return gradient;
}

it("is the paper's algorithm in float64 over 50 steps, and leaves no tensor", () => {
  const before = tf.memory().numTensors;
  const model = init(
    new Sequential<tf.Tensor4D, tf.Tensor2D>(new GlobalAveragePool(), new Linear(CLASSES)),
    [1, 1, 1, CHANNELS],
    {
      seed: 2,
    },
  );
  const values = () => [...namedParameters(model)].flatMap(([, { value }]) => [...value.dataSync()]);
  const [rho, learningRate] = [0.2, 0.1];
  let weights = values();
  let velocity = weights.map(() => 0);
  const step = trainStep(model, { optimizer: sam(sgd({ learningRate, momentum: MOMENTUM }), { rho }) });
  for (let i = 0; i < 50; i++) {
    const x = uniforms({ seed: i, purpose: 'x' }, PICTURES * CHANNELS, { min: -1, max: 1 });
    // Other answers each step, so that the gradients stay long: the shorter, the less is known of where they point.
    const labels = Int32Array.from({ length: PICTURES }, (_, b) => (b + i) % CLASSES);
    const gradient = gradientOf(weights, x, labels);
    const length = Math.hypot(...gradient);
    const nearby = gradientOf(
      weights.map((weight, j) => weight + (rho * gradient[j]!) / length),
      x,
      labels,
    );
    velocity = velocity.map((old, j) => MOMENTUM * old + nearby[j]!);
    weights = weights.map((weight, j) => weight - learningRate * velocity[j]!);
    tf.tidy(() => void step(tf.tensor4d(x, [PICTURES, 1, 1, CHANNELS]), tf.tensor1d(labels, 'int32')));
  }
  const largest = Math.max(...weights.map(Math.abs));
  for (const [j, value] of values().entries())
    expect(Math.abs(value - weights[j]!) / largest).toBeLessThan(1e-5);
  step.dispose();
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);
});
