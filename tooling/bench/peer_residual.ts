/**
 * Our side of the benchmark: trains one network on made-up pictures, a few steps at a time, on request.
 * Speaks the same lines of JSON as peer_pytorch.py, and does the same work: forward, backward, SGD with momentum.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { simd } from '@residual/backend-simd';
import { init, parameters } from '@residual/blocks';
import { type ModelName, models } from '@residual/models';
import {
  type BackendCandidate,
  gradientNorm,
  referenceOps,
  selectBackend,
  sgdUpdate,
  softmaxCrossEntropy,
} from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';

const cpu: BackendCandidate = {
  name: 'cpu',
  probe: async () => ({ usable: true, device: "TensorFlow.js's own" }),
  load: async () => void (await import('@tensorflow/tfjs-backend-cpu')),
};

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet20' },
    backend: { type: 'string', default: 'simd' },
    'batch-size': { type: 'string', default: '128' },
    threads: { type: 'string', default: '2' },
  },
});
const threads = Number(values.threads);
const batchSize = Number(values['batch-size']);
const selected = await selectBackend([simd, cpu], { require: values.backend, threads });

const size = values.model === 'resnet20' ? 28 : 96;
const shape: [number, number, number, number] = [batchSize, size, size, 1];
const model = init(models[values.model as ModelName].create({ numClasses: 10 }), shape, { seed: 0 });
const weights = parameters(model);
const pictures = tf.tensor4d(uniforms({ seed: 0, purpose: 'pictures' }, batchSize * size * size), shape);
const labels = tf.tensor1d(
  Array.from({ length: batchSize }, (_, i) => i % 10),
  'int32',
);
let velocities: tf.Tensor[] = weights.map((weight) => tf.zerosLike(weight));
let firstNonFiniteStep: tf.Scalar = tf.scalar(-1, 'int32');

function step(number: number): void {
  const old = [...velocities, firstNonFiniteStep];
  const next = tf.tidy(() => {
    const { grads } = tf.variableGrads(
      () => softmaxCrossEntropy(model.forward(pictures, 'train') as tf.Tensor2D, labels),
      weights,
    );
    const gradients = weights.map((weight) => grads[weight.name]!);
    const state = sgdUpdate(
      { parameters: weights, velocities, firstNonFiniteStep },
      { gradients, gradientNorm: gradientNorm(gradients) },
      { step: number, learningRate: 0.01, momentum: 0.9 },
    );
    for (const [i, weight] of weights.entries()) weight.assign(state.parameters[i]!);
    return { velocities: state.velocities!, firstNonFiniteStep: state.firstNonFiniteStep };
  });
  ({ velocities, firstNonFiniteStep } = next);
  tf.dispose(old);
}

const say = (message: object) => console.log(JSON.stringify(message));
say({ ready: `Residual, ${selected.name} (${selected.device})`, details: selected.details });
let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { steps } = JSON.parse(line) as { steps: number };
  const start = performance.now();
  for (let i = 0; i < steps; i++) step(number++);
  await firstNonFiniteStep.data(); // drains the device
  say({ seconds: (performance.now() - start) / 1000, references: referenceOps() });
}
