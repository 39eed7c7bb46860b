import {
  adaptiveAveragePool2d,
  averagePool2d,
  globalAveragePool,
  maxPool2d,
  windowCount,
} from '@residual/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { averagePool64, globalAveragePool64, maxPool64, type PoolAttributes } from '../float64/pool.js';
import { type DrawnCase, differentiate, type Subject } from '../subject.js';

interface Inputs {
  x: tf.Tensor4D;
  dy: tf.Tensor;
}
type Shape = [number, number, number, number];

export const maxPool2dSubject: Subject<Inputs, PoolAttributes> = {
  name: 'maxPool2d',
  kernels: ['residual/maxPool2d', 'residual/maxPool2dGradient'],
  inputs: ['x', 'dy'],
  run: ({ x, dy }, attributes) => differentiate((inputs) => maxPool2d(inputs.x, attributes), { x }, dy),
  float64: ({ x }, attributes) => maxPool64(x, attributes).y,
  gap: ({ x }, attributes) => maxPool64(x, attributes).gap,
  drawn: [
    drawnPool([2, 25, 23, 5], 3, 2, 1),
    drawnPool([1, 6, 5, 37], 3, 1, 1),
    drawnPool([1, 48, 5, 3], 2, 2, 0),
    drawnPool([1, 24, 10, 7], 3, 2, 0, { ceilMode: true }),
  ],
};

type AverageAttributes = PoolAttributes & { countIncludePad?: boolean };

export const averagePool2dSubject: Subject<Inputs, AverageAttributes> = {
  name: 'averagePool2d',
  kernels: ['residual/averagePool2d', 'residual/averagePool2dGradient'],
  inputs: ['x', 'dy'],
  run: ({ x, dy }, attributes) => differentiate((inputs) => averagePool2d(inputs.x, attributes), { x }, dy),
  float64: ({ x }, attributes) => averagePool64(x, attributes),
  drawn: [
    drawnPool([2, 25, 24, 5], 2, 2, 0, { ceilMode: true, countIncludePad: false }),
    drawnPool([1, 9, 8, 37], 3, 2, 1, { ceilMode: true }),
    drawnPool([3, 7, 7, 130], 3, 1, 1),
  ],
};

export const adaptiveAveragePool2dSubject: Subject<Inputs, { outputSize: [number, number] }> = {
  name: 'adaptiveAveragePool2d',
  kernels: [],
  inputs: ['x', 'dy'],
  run: ({ x, dy }, { outputSize }) =>
    differentiate((inputs) => adaptiveAveragePool2d(inputs.x, outputSize), { x }, dy),
};

export const globalAveragePoolSubject: Subject<Inputs, Record<string, never>> = {
  name: 'globalAveragePool',
  kernels: ['residual/globalAveragePool', 'residual/globalAveragePoolGradient'],
  inputs: ['x', 'dy'],
  run: ({ x, dy }) => differentiate((inputs) => globalAveragePool(inputs.x), { x }, dy),
  float64: ({ x }) => globalAveragePool64(x),
  drawn: [drawnAverage([3, 13, 11, 130]), drawnAverage([1, 64, 50, 2])],
};

function drawnPool<Attributes extends { ceilMode?: boolean }>(
  shape: Shape,
  size: number,
  stride: number,
  padding: number,
  more: Attributes = {} as Attributes,
): DrawnCase<Inputs, PoolAttributes & Attributes> {
  const [batch, height, width, channels] = shape;
  const length = (of: number) => windowCount(of, size, stride, padding, more.ceilMode);
  return {
    name: `[${shape.join(', ')}], ${size}x${size}, stride ${stride}, padding ${padding}${more.ceilMode ? ', ceil mode' : ''}`,
    inputs: { x: { shape }, dy: { shape: [batch, length(height), length(width), channels] } },
    attributes: { kernelSize: [size, size], stride: [stride, stride], padding: [padding, padding], ...more },
  };
}

function drawnAverage(shape: Shape): DrawnCase<Inputs, Record<string, never>> {
  return {
    name: `[${shape.join(', ')}]`,
    inputs: { x: { shape, range: [0, 2] }, dy: { shape: [shape[0], shape[3]] } },
    attributes: {},
  };
}
