import { pictureToFloat, resizeBilinear } from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import type { Subject } from '../subject.js';

interface Inputs {
  x: tf.Tensor4D;
}

const BYTES = { range: [0, 256], integers: true } as const;

export const resizeBilinearSubject: Subject<Inputs, { size: [number, number] }> = {
  name: 'resizeBilinear',
  kernels: ['residual/resizeBilinear'],
  inputs: ['x'],
  run: ({ x }, { size }) => ({ y: resizeBilinear(x, size) }),
  drawn: [
    {
      name: '[3, 31, 17, 3] -> [64, 40]',
      inputs: { x: { shape: [3, 31, 17, 3], ...BYTES } },
      attributes: { size: [64, 40] },
    },
    {
      name: '[2, 37, 50, 1] -> [9, 11]',
      inputs: { x: { shape: [2, 37, 50, 1], ...BYTES } },
      attributes: { size: [9, 11] },
    },
  ],
};

export const pictureToFloatSubject: Subject<Inputs, { mean: number[]; standardDeviation: number[] }> = {
  name: 'pictureToFloat',
  kernels: ['residual/pictureToFloat'],
  inputs: ['x'],
  run: ({ x }, attributes) => ({ y: pictureToFloat(x, attributes) }),
  float64: ({ x }, { mean, standardDeviation }) => ({
    shape: x.shape,
    data: Float64Array.from(x.data, (level, i) => {
      const channel = i % mean.length;
      return (level / 255 - mean[channel]!) / standardDeviation[channel]!;
    }),
  }),
  drawn: [
    {
      name: '[5, 31, 33, 3]',
      inputs: { x: { shape: [5, 31, 33, 3], ...BYTES } },
      attributes: { mean: [0.5, 0.4, 0.3], standardDeviation: [0.2, 0.3, 0.25] },
    },
  ],
};
