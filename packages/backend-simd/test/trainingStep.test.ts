import { dispose, init, initResNet, parameters } from '@residual/blocks';
import { bottleneck, cifarStem, d2lResNet18, ResNet, resnet20 } from '@residual/models';
import {
  correctCount,
  fallbacksDuring,
  gradientNorm,
  optimizerUpdate,
  pictureToFloat,
  resizeBilinear,
  softmaxCrossEntropy,
} from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { configureSimd } from '../src/index.js';
import * as kernels from '../src/kernels/index.js';

/** tfjs's kernels that only look at shapes: they may run in a step as they are. */
const FREE = ['Identity', 'Reshape'];

const own: string[] = Object.values(kernels).map(({ kernelName }) => kernelName);

beforeAll(async () => {
  configureSimd({ threads: 2 });
  expect(await tf.setBackend('simd')).toBe(true);
});

/** A step as a trainer makes it: pictures, forward, metrics, backward, clipping, momentum and averages. */
function trainOneStep(model: ResNet, size: number): void {
  const batch = 4;
  init(model, [batch, size, size, 1], { seed: 0 });
  const weights = parameters(model);
  tf.tidy(() => {
    const pictures = tf.fill([batch, 28, 28, 1], 100, 'int32') as tf.Tensor4D;
    const labels = tf.tensor1d([0, 1, 2, 3], 'int32');
    const x = pictureToFloat(resizeBilinear(pictures, [size, size]), {
      mean: [0.3],
      standardDeviation: [0.4],
    });
    const { grads } = tf.variableGrads(() => {
      const logits = model.forward(x, 'train');
      correctCount(logits, labels);
      return softmaxCrossEntropy(logits, labels, { labelSmoothing: 0.1 });
    }, weights);
    const gradients = weights.map(({ name }) => grads[name]!);
    const state = {
      parameters: weights,
      slots: { velocity: weights.map((weight) => tf.fill(weight.shape, 0)) },
      averages: weights.map((weight) => tf.clone(weight)),
      firstNonFiniteStep: tf.scalar(-1, 'int32'),
    };
    const next = optimizerUpdate(
      state,
      { gradients, gradientNorm: gradientNorm(gradients) },
      {
        optimizer: { name: 'sgd', momentum: 0.9, nesterov: true },
        ...{ step: 0, learningRate: 0.1, clipNorm: 1, averageDecay: 0.99 },
      },
    );
    for (const [i, weight] of weights.entries()) weight.assign(next.parameters[i]!);
  });
  dispose(model);
}

function smallResNeXt(): ResNet {
  return new ResNet({
    stem: cifarStem(16),
    architecture: [
      [1, 16],
      [1, 32],
    ],
    block: bottleneck({ groups: 4, baseWidth: 16 }),
    numClasses: 10,
    initializer: initResNet,
  });
}

describe('a training step', () => {
  it.each([
    { name: "the chapter's ResNet-18", create: d2lResNet18, size: 32 },
    { name: 'ResNet-20', create: resnet20, size: 12 },
    { name: 'a small ResNeXt', create: smallResNeXt, size: 12 },
  ])('of $name runs on kernels of this package alone', async ({ create, size }) => {
    // Some of them hand over to tfjs what they can't do, which would be slow.
    const left = fallbacksDuring(() => trainOneStep(create(), size));
    const { kernelNames } = await tf.profile(() => trainOneStep(create(), size));
    expect(left).toEqual([]);
    expect(kernelNames).toContain('residual/conv2dFilterGradient');
    expect(kernelNames).toContain('residual/optimizerUpdate');
    const others = kernelNames.filter((kernel) => ![...own, ...FREE].includes(kernel));
    expect(others).toEqual([]);
  });
});

describe('what is left to tfjs', () => {
  const [batch, size, channels] = [2, 3, 4];
  const x = () => tf.ones([batch, size, size, channels]);

  it.each<[string, () => void, string[]]>([
    ['a factor for each channel', () => tf.mul(x(), tf.ones([channels])), []],
    // The gate of a squeeze-and-excitation block.
    [
      'a factor for each picture and channel',
      () => tf.mul(x(), tf.ones([batch, 1, 1, channels])),
      ['Multiply'],
    ],
    ['a kernel that this package lacks', () => tf.transpose(tf.ones([2, 3])), ['Transpose']],
    ['another type', () => tf.add(tf.scalar(1, 'int32'), tf.scalar(2, 'int32')), ['Add']],
    ['a look at shapes', () => tf.reshape(x(), [-1]), []],
  ])('is told: %s', (_, run, kernelNames) => {
    expect(fallbacksDuring(() => tf.tidy(() => void run()))).toEqual(kernelNames);
  });
});
