// Trains ResNet-20 on made-up pictures, on the built packages in a bare Node. Prints each step's loss, how many tensors
// there were on both sides, and the resident memory in MB.
//
// node --expose-gc program.js STEPS
import '@residual/backend-tensorflow';
import { init, parameters, resnet20 } from '@residual/models';
import { gradientNorm, optimizerUpdate, referenceOps, softmaxCrossEntropy } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';

const steps = Number(process.argv[2]);
if (!(await tf.setBackend('tensorflow'))) throw new Error('no backend');
const shape = [16, 12, 12, 1];
const model = init(resnet20(), shape, { seed: 0 });
const weights = parameters(model);
const pictures = tf.tensor4d(uniforms({ seed: 0, purpose: 'pictures' }, tf.util.sizeFromShape(shape)), shape);
const labels = tf.tensor1d(
  Array.from({ length: shape[0] }, (_, i) => i % 10),
  'int32',
);
let state = {
  slots: { velocity: weights.map((weight) => tf.zerosLike(weight)) },
  firstNonFiniteStep: tf.scalar(-1, 'int32'),
};

function step(number) {
  const old = state;
  const { loss, ...next } = tf.tidy(() => {
    const { value, grads } = tf.variableGrads(
      () => softmaxCrossEntropy(model.forward(pictures, 'train'), labels),
      weights,
    );
    const gradients = weights.map(({ name }) => grads[name]);
    const { parameters: moved, ...rest } = optimizerUpdate(
      { parameters: weights, ...old },
      { gradients, gradientNorm: gradientNorm(gradients) },
      { optimizer: { name: 'sgd', momentum: 0.9, nesterov: false }, step: number, learningRate: 0.01 },
    );
    for (const [i, weight] of weights.entries()) weight.assign(moved[i]);
    return { loss: value, ...rest };
  });
  state = next;
  tf.dispose(old);
  const read = loss.dataSync()[0];
  loss.dispose();
  return read;
}

const found = { losses: [], tensors: [], nativeTensors: [], resident: [] };
for (let number = 0; number < steps; number++) {
  found.losses.push(step(number));
  found.tensors.push(tf.memory().numTensors);
  found.nativeTensors.push(tf.backend().binding.getNumOfTensors());
  globalThis.gc?.();
  found.resident.push(process.memoryUsage.rss() / 2 ** 20);
}
console.log(JSON.stringify({ ...found, referenceOps: referenceOps() }));
