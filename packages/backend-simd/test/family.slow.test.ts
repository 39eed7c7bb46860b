import { dispose, init, parameters, withRandomness } from '@residual/blocks';
import { type FamilyName, familyModels } from '@residual/models/family';
import { fallbacksDuring, softmaxCrossEntropy } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { configureSimd } from '../src/index.js';

beforeAll(async () => {
  configureSimd({ threads: 1 });
  await tf.setBackend('simd');
});

// Of each kind of block and head one.
const names: FamilyName[] = [
  'cifar-resnet20',
  'cifar-plain20',
  'highway20',
  'resnetv2-18',
  'resnetv2-50',
  'resnet18d',
  'seresnext26t-32x4d',
  'ecaresnet50d',
  'vgg11-bn',
  'googlenet',
  'd2l-inception',
];

it.each(names)('%s trains without a fallback, and leaks nothing', (name) => {
  const before = tf.memory().numTensors;
  const model = init(familyModels[name].create({ numClasses: 3 }), [2, 64, 64, 3], { seed: 0 });
  const x = tf.randomUniform<tf.Rank.R4>([2, 64, 64, 3], 0, 1, 'float32', 1);
  const labels = tf.tensor1d([0, 2], 'int32');
  const fallen = fallbacksDuring(() => {
    const loss = () => softmaxCrossEntropy(model.forward(x, 'train'), labels) as tf.Scalar;
    const run = () => tf.variableGrads(loss, parameters(model));
    const { value, grads } = withRandomness(model, { seed: 0, pass: 0 }, run);
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    tf.dispose([value, grads]);
  });
  expect(fallen).toEqual([]);
  tf.dispose([x, labels]);
  dispose(model);
  expect(tf.memory().numTensors).toBe(before);
});
