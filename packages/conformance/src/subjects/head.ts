import { channelSum, correctCount, linear, softmaxCrossEntropy } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { channelSum64, crossEntropy64, linear64 } from '../float64/head.js';
import { type DrawnCase, differentiate, type Subject } from '../subject.js';

type None = Record<string, never>;

interface LinearInputs {
  x: tf.Tensor2D;
  weight: tf.Tensor2D;
  bias?: tf.Tensor1D;
  dy: tf.Tensor;
}

export const linearSubject: Subject<LinearInputs, None> = {
  name: 'linear',
  kernels: ['residual/linear', 'residual/channelSum'],
  inputs: ['x', 'weight', 'bias', 'dy'],
  run: ({ dy, ...inputs }) => differentiate(({ x, weight, bias }) => linear(x, weight, bias), inputs, dy),
  float64: linear64,
  drawn: [drawnLinear(7, 130, 33), drawnLinear(1, 513, 10), drawnLinear(130, 65, 9)],
};

function drawnLinear(batch: number, inputs: number, outputs: number): DrawnCase<LinearInputs, None> {
  return {
    name: `[${batch}, ${inputs}] -> ${outputs}`,
    inputs: {
      x: { shape: [batch, inputs] },
      weight: { shape: [inputs, outputs] },
      bias: { shape: [outputs] },
      dy: { shape: [batch, outputs] },
    },
    attributes: {},
  };
}

interface ClassifierInputs {
  logits: tf.Tensor2D;
  labels: tf.Tensor1D;
}
type LossInputs = ClassifierInputs & { dy: tf.Tensor };
type LossAttributes = { labelSmoothing: number };

export const softmaxCrossEntropySubject: Subject<LossInputs, LossAttributes> = {
  name: 'softmaxCrossEntropy',
  kernels: ['residual/softmaxCrossEntropy', 'residual/softmaxCrossEntropyGradient'],
  inputs: ['logits', 'labels', 'dy'],
  run: ({ logits, labels, dy }, attributes) =>
    differentiate((inputs) => softmaxCrossEntropy(inputs.logits, labels, attributes), { logits }, dy, 'loss'),
  float64: (inputs, { labelSmoothing }) => crossEntropy64(inputs, labelSmoothing),
  drawn: [drawnLoss(130, 10, 0), drawnLoss(3, 1000, 0.1), drawnLoss(17, 2, 0.2)],
};

function drawnLoss(
  batch: number,
  classes: number,
  labelSmoothing: number,
): DrawnCase<LossInputs, LossAttributes> {
  return {
    name: `[${batch}, ${classes}], smoothing ${labelSmoothing}`,
    inputs: {
      logits: { shape: [batch, classes], range: [-3, 3] },
      labels: { shape: [batch], range: [0, classes], integers: true },
      dy: { shape: [] },
    },
    attributes: { labelSmoothing },
  };
}

export const correctCountSubject: Subject<ClassifierInputs, None> = {
  name: 'correctCount',
  kernels: ['residual/correctCount'],
  inputs: ['logits', 'labels'],
  run: ({ logits, labels }) => ({ count: correctCount(logits, labels) }),
  drawn: [
    {
      name: '[1000, 4]',
      inputs: { logits: { shape: [1000, 4] }, labels: { shape: [1000], range: [0, 4], integers: true } },
      attributes: {},
    },
  ],
};

export const channelSumSubject: Subject<{ x: tf.Tensor }, None> = {
  name: 'channelSum',
  kernels: ['residual/channelSum'],
  inputs: ['x'],
  run: ({ x }) => ({ y: channelSum(x) }),
  float64: ({ x }) => channelSum64(x),
  drawn: [
    {
      name: '[4, 63, 65, 3], all of one sign',
      inputs: { x: { shape: [4, 63, 65, 3], range: [0, 1] } },
      attributes: {},
    },
    { name: '[5, 9, 257]', inputs: { x: { shape: [5, 9, 257] } }, attributes: {} },
  ],
};
