/**
 * `npx pnpm@12 bench:tensorflow`: our `tensorflow` backend beside the same network in plain tfjs operations, on the same
 * native addon in the same process, measured in turn. The network is the chapter's ResNet-18 on 96x96 pictures; a step is
 * forward, backward, and SGD with momentum.
 */
import { parseArgs } from 'node:util';
import { tensorflow } from '@residual/backend-tensorflow';
import { init, parameters } from '@residual/blocks';
import { d2lResNet18 } from '@residual/models';
import { gradientNorm, selectBackend, sgdUpdate, softmaxCrossEntropy } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { createPlainResNet18 } from './plainResNet18.ts';

const NUM_CLASSES = 10;
const { values } = parseArgs({
  options: {
    'batch-size': { type: 'string', default: '128' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '2' },
  },
});
const [batchSize, rounds, steps] = [values['batch-size'], values.rounds, values.steps].map(Number) as [
  number,
  number,
  number,
];

const { device, details } = await selectBackend([tensorflow]);
const shape: [number, number, number, number] = [batchSize, 96, 96, 1];
const pictures = tf.tensor4d(uniforms({ seed: 0, purpose: 'pictures' }, batchSize * 96 * 96), shape);
const labels = tf.tensor1d(
  Array.from({ length: batchSize }, (_, i) => i % NUM_CLASSES),
  'int32',
);

function residualStep(): () => void {
  const model = init(d2lResNet18(), [1, 96, 96, 1], { seed: 0 });
  const weights = parameters(model);
  let velocities: tf.Tensor[] = weights.map((weight) => tf.zerosLike(weight));
  let firstNonFiniteStep: tf.Scalar = tf.scalar(-1, 'int32');
  let step = 0;
  return () => {
    const old = [...velocities, firstNonFiniteStep];
    ({ velocities, firstNonFiniteStep } = tf.tidy(() => {
      const loss = () => softmaxCrossEntropy(model.forward(pictures, 'train') as tf.Tensor2D, labels);
      const { grads } = tf.variableGrads(loss, weights);
      const gradients = weights.map(({ name }) => grads[name]!);
      const next = sgdUpdate(
        { parameters: weights, velocities, firstNonFiniteStep },
        { gradients, gradientNorm: gradientNorm(gradients) },
        { step: step++, learningRate: 0.01, momentum: 0.9 },
      );
      for (const [i, weight] of weights.entries()) weight.assign(next.parameters[i]!);
      return { velocities: next.velocities!, firstNonFiniteStep: next.firstNonFiniteStep };
    }));
    tf.dispose(old);
    firstNonFiniteStep.dataSync(); // drains the device
  };
}

function plainStep(): () => void {
  const network = createPlainResNet18(NUM_CLASSES);
  const expected = parameters(init(d2lResNet18(), [1, 96, 96, 1], { seed: 0 })).reduce(
    (sum, { size }) => sum + size,
    0,
  );
  if (network.parameters !== expected)
    throw new Error(`${network.parameters} parameters, expected ${expected}`);
  return () => network.step(pictures, labels);
}

const programs = [
  { name: 'tensorflow', run: residualStep() },
  { name: 'plain tfjs', run: plainStep() },
].map((program) => ({ ...program, wall: [] as number[], processor: [] as number[] }));
for (const { run } of programs) run(); // compile, allocate, warm the caches
for (let round = 0; round < rounds; round++) {
  for (const { run, wall, processor } of programs) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < steps; i++) run();
    const { user, system } = process.cpuUsage(used);
    wall.push((performance.now() - start) / 1e3 / steps);
    processor.push((user + system) / 1e6 / steps);
  }
}

const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
console.log(
  `d2l-resnet18, batch ${batchSize}, ${rounds} rounds of ${steps} steps, on ${device} (${details.library})`,
);
for (const { name, wall, processor } of programs) {
  const speeds = wall.map((seconds) => (batchSize / seconds).toFixed(1));
  console.log(
    `  ${name}  ${(batchSize / median(wall)).toFixed(1)} images/s (${speeds.join(' ')}), ` +
      `${median(processor).toFixed(2)} s of processor time a step`,
  );
}
const [ours, plain] = programs as [(typeof programs)[0], (typeof programs)[0]];
console.log(
  `  ratio  ${(median(plain.wall) / median(ours.wall)).toFixed(2)}, by processor time ${(median(plain.processor) / median(ours.processor)).toFixed(2)}`,
);
