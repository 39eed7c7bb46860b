import { batchNorm } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { type Affine, activate64, moments64, normalize64, reluGap } from '../float64/batchNorm.js';
import { type DrawnCase, differentiate, type Subject, type ValuesOf } from '../subject.js';

interface Inputs {
  x: tf.Tensor;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
  addend?: tf.Tensor;
  runningMean: tf.Tensor;
  runningVariance: tf.Tensor;
  dy: tf.Tensor;
}
type Attributes = Affine & { momentum: number };

export const batchNormSubject: Subject<Inputs, Attributes> = {
  name: 'batchNorm',
  kernels: ['residual/batchNorm', 'residual/batchNormGradient'],
  inputs: ['x', 'scale', 'offset', 'addend', 'runningMean', 'runningVariance', 'dy'],
  run: ({ dy, runningMean, runningVariance, ...inputs }, attributes) => {
    const mean = tf.variable(runningMean, false);
    const variance = tf.variable(runningVariance, false);
    const results = differentiate(
      ({ x, ...rest }) =>
        batchNorm(x, { ...rest, ...attributes, runningMean: mean, runningVariance: variance }),
      inputs,
      dy,
    );
    const statistics = { newRunningMean: tf.clone(mean), newRunningVariance: tf.clone(variance) };
    tf.dispose([mean, variance]);
    return { ...results, ...statistics };
  },
  float64: (inputs, attributes) => activate64(sumOf(inputs, attributes), attributes.activation),
  gap: (inputs, attributes) => reluGap(sumOf(inputs, attributes), attributes.activation),
  drawn: [
    drawn([16, 40, 40, 2], { activation: 'linear', range: [2, 4] }), // 25,600 values a channel
    drawn([2, 7, 9, 130], { activation: 'linear' }),
    drawn([3, 5, 5, 33], { activation: 'relu', addend: true }),
    drawn([1, 9, 7, 20], { activation: 'relu' }),
    drawn([1, 3, 2, 1], { activation: 'linear', addend: true }),
    drawn([64, 6], { activation: 'linear' }),
  ],
};

function sumOf(inputs: ValuesOf<Inputs>, { epsilon }: Attributes) {
  return normalize64({ ...inputs, ...moments64(inputs.x, inputs.scale.data.length) }, epsilon);
}

function drawn(
  shape: number[],
  options: { activation: 'linear' | 'relu'; addend?: boolean; range?: [number, number] },
): DrawnCase<Inputs, Attributes> {
  const { activation, addend = false, range } = options;
  const channels = [shape[shape.length - 1]!];
  return {
    name: `[${shape.join(', ')}]${addend ? ' + addend' : ''}, ${activation}`,
    inputs: {
      x: { shape, range },
      scale: { shape: channels, range: [0.5, 1.5] },
      offset: { shape: channels },
      ...(addend && { addend: { shape } }),
      runningMean: { shape: channels },
      runningVariance: { shape: channels, range: [0.5, 1.5] },
      dy: { shape },
    },
    attributes: { momentum: 0.1, epsilon: 1e-5, activation },
  };
}
