import { channelConv1d, scaleChannels } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { scaleChannels64 } from '../float64/scaleChannels.js';
import { type DrawnCase, differentiate, type Subject } from '../subject.js';

type None = Record<string, never>;

interface ScaleInputs {
  x: tf.Tensor4D;
  gate: tf.Tensor2D;
  addend?: tf.Tensor4D;
  dy: tf.Tensor;
}
type ScaleAttributes = { activation: 'linear' | 'relu' };

export const scaleChannelsSubject: Subject<ScaleInputs, ScaleAttributes> = {
  name: 'scaleChannels',
  kernels: ['residual/scaleChannels', 'residual/scaleChannelsGradient'],
  inputs: ['x', 'gate', 'addend', 'dy'],
  run: ({ dy, ...inputs }, attributes) =>
    differentiate(({ x, gate, addend }) => scaleChannels(x, gate, { addend, ...attributes }), inputs, dy),
  float64: (inputs, attributes) => scaleChannels64(inputs, attributes).y,
  gap: (inputs, attributes) => scaleChannels64(inputs, attributes).gap,
  drawn: [
    drawnScale([2, 9, 8, 70], 'relu', true),
    drawnScale([3, 24, 24, 3], 'linear', false),
    drawnScale([1, 30, 20, 5], 'relu', false),
  ],
};

function drawnScale(
  shape: [number, number, number, number],
  activation: 'linear' | 'relu',
  hasAddend: boolean,
): DrawnCase<ScaleInputs, ScaleAttributes> {
  const gate = { shape: [shape[0], shape[3]], range: [0, 1] as const };
  return {
    name: `[${shape.join(', ')}], ${activation}${hasAddend ? ', addend' : ''}`,
    inputs: { x: { shape }, gate, ...(hasAddend ? { addend: { shape } } : {}), dy: { shape } },
    attributes: { activation },
  };
}

/** Made of `conv2d`. */
export const channelConv1dSubject: Subject<{ x: tf.Tensor2D; filter: tf.Tensor3D; dy: tf.Tensor }, None> = {
  name: 'channelConv1d',
  kernels: [],
  inputs: ['x', 'filter', 'dy'],
  run: ({ dy, ...inputs }) => differentiate(({ x, filter }) => channelConv1d(x, filter), inputs, dy),
};

/** TensorFlow.js's own operation, along the channels as networks use it: of as many tensors as there are. */
export const concatChannelsSubject: Subject<
  { x0: tf.Tensor4D; x1?: tf.Tensor4D; x2?: tf.Tensor4D; x3?: tf.Tensor4D; dy: tf.Tensor },
  None
> = {
  name: 'concatChannels',
  kernels: [],
  inputs: ['x0', 'x1', 'x2', 'x3', 'dy'],
  run: ({ dy, ...parts }) =>
    differentiate(
      (inputs) =>
        tf.concat(
          Object.values(inputs).filter((part) => part !== undefined),
          -1,
        ),
      parts,
      dy,
    ),
};

/** TensorFlow.js's own operation, which its backends round in their own ways. */
export const sigmoidSubject: Subject<{ x: tf.Tensor; dy: tf.Tensor }, None> = {
  name: 'sigmoid',
  kernels: [],
  inputs: ['x', 'dy'],
  run: ({ x, dy }) => differentiate((inputs) => tf.sigmoid(inputs.x), { x }, dy),
};
