import { batchNormInference } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { type Affine, activate64, normalize64, reluGap } from '../float64/batchNorm.js';
import { type DrawnCase, differentiate, type Subject } from '../subject.js';

interface Inputs {
  x: tf.Tensor;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
  addend?: tf.Tensor;
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
  dy: tf.Tensor;
}

export const batchNormInferenceSubject: Subject<Inputs, Affine> = {
  name: 'batchNormInference',
  kernels: ['residual/batchNormInference', 'residual/batchNormInferenceGradient', 'residual/channelSum'],
  inputs: ['x', 'scale', 'offset', 'addend', 'mean', 'variance', 'dy'],
  run: ({ dy, mean, variance, ...inputs }, attributes) =>
    differentiate(
      ({ x, ...rest }) => batchNormInference(x, { ...rest, ...attributes, mean, variance }),
      inputs,
      dy,
    ),
  float64: (inputs, { epsilon, activation }) => activate64(normalize64(inputs, epsilon), activation),
  gap: (inputs, { epsilon, activation }) => reluGap(normalize64(inputs, epsilon), activation),
  drawn: [
    drawn([2, 7, 9, 33], 'linear', false),
    drawn([3, 5, 7, 20], 'relu', true),
    drawn([1, 11, 5, 12], 'relu', false),
    drawn([9, 5], 'linear', true),
  ],
};

function drawn(shape: number[], activation: 'linear' | 'relu', addend: boolean): DrawnCase<Inputs, Affine> {
  const channels = [shape[shape.length - 1]!];
  return {
    name: `[${shape.join(', ')}]${addend ? ' + addend' : ''}, ${activation}`,
    inputs: {
      x: { shape },
      scale: { shape: channels, range: [0.5, 1.5] },
      offset: { shape: channels },
      ...(addend && { addend: { shape } }),
      mean: { shape: channels },
      variance: { shape: channels, range: [0.5, 1.5] },
      dy: { shape },
    },
    attributes: { epsilon: 1e-5, activation },
  };
}
