import { classTargets, targetCrossEntropy } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { classTargets64, targetCrossEntropy64 } from '../float64/targets.js';
import { type DrawnCase, differentiate, type Subject } from '../subject.js';

interface ClassTargetsInputs {
  labels: tf.Tensor1D;
  classWeights?: tf.Tensor1D;
}
interface ClassTargetsAttributes {
  classes: number;
  labelSmoothing: number;
}

export const classTargetsSubject: Subject<ClassTargetsInputs, ClassTargetsAttributes> = {
  name: 'classTargets',
  kernels: ['residual/classTargets'],
  inputs: ['labels', 'classWeights'],
  run: ({ labels, classWeights }, { classes, labelSmoothing }) => ({
    y: classTargets(labels, classes, { labelSmoothing, classWeights }),
  }),
  float64: classTargets64,
  drawn: [drawnTargets(300, 7, 0, true), drawnTargets(130, 10, 0.1, false), drawnTargets(3, 1000, 0.2, true)],
};

function drawnTargets(
  batch: number,
  classes: number,
  labelSmoothing: number,
  isWeighted: boolean,
): DrawnCase<ClassTargetsInputs, ClassTargetsAttributes> {
  return {
    name: `[${batch}, ${classes}], smoothing ${labelSmoothing}${isWeighted ? ', weights' : ''}`,
    inputs: {
      labels: { shape: [batch], range: [0, classes], integers: true },
      ...(isWeighted && { classWeights: { shape: [classes], range: [0.1, 3] } }),
    },
    attributes: { classes, labelSmoothing },
  };
}

interface LossInputs {
  logits: tf.Tensor2D;
  targets: tf.Tensor2D;
  dy: tf.Tensor;
}
type LossAttributes = { focusing: number };

export const targetCrossEntropySubject: Subject<LossInputs, LossAttributes> = {
  name: 'targetCrossEntropy',
  kernels: ['residual/targetCrossEntropy', 'residual/softmaxCrossEntropyGradient'],
  inputs: ['logits', 'targets', 'dy'],
  run: ({ logits, targets, dy }, attributes) =>
    differentiate((inputs) => targetCrossEntropy(inputs.logits, targets, attributes), { logits }, dy, 'loss'),
  float64: targetCrossEntropy64,
  drawn: [drawnLoss(130, 10, 0), drawnLoss(3, 1000, 2), drawnLoss(17, 2, 0.5)],
};

function drawnLoss(batch: number, classes: number, focusing: number): DrawnCase<LossInputs, LossAttributes> {
  return {
    name: `[${batch}, ${classes}], focusing ${focusing}`,
    inputs: {
      logits: { shape: [batch, classes], range: [-3, 3] },
      targets: { shape: [batch, classes], range: [0, 1] },
      dy: { shape: [] },
    },
    attributes: { focusing },
  };
}
