import { windowShape } from '@residual/ops';
import { util } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import maxPool from './maxPool.wgsl';
import maxPoolGradient from './maxPoolGradient.wgsl';
import { type Windows, windowParameters, windowSizes } from './windowParameters.js';

const shader = {
  name: 'maxPool',
  code: [numbers, maxPool, eachElement],
  inputs: { x: 'stored' },
  outputs: { y: 'stored', argmax: 'i32' },
  parameters: { ...windowParameters, negativeInfinity: 'u32' },
} satisfies Shader;

const gradientShader = {
  name: 'maxPoolGradient',
  code: [maxPoolGradient, eachElement],
  inputs: { dy: 'f32', argmax: 'i32' },
  outputs: { dx: 'f32' },
  parameters: windowParameters,
} satisfies Shader;

/** How the windows lay that an argmax comes from: the gradient's attributes don't say. */
const windowsOf = new WeakMap<object, Windows>();
/** Windows that may hold every position: without knowledge, all are searched. */
const ANY: Windows = { kernelSize: [2 ** 24, 2 ** 24], stride: [1, 1], padding: [2 ** 20, 2 ** 20] };

export const maxPool2d: WebgpuKernel<'residual/maxPool2d'> = {
  kernelName: 'residual/maxPool2d',
  kernelFunc({ inputs: { x }, attrs, backend }) {
    const [, height, width, channels] = x.shape;
    const shape = windowShape(x.shape, attrs.kernelSize, attrs, channels);
    const [, rows, columns] = shape;
    const y = backend.activation(shape);
    const argmax = backend.output(y.shape, 'int32');
    windowsOf.set(argmax.dataId, attrs);
    const size = util.sizeFromShape(y.shape);
    backend.dispatch(shader, {
      tensors: { x, y, argmax },
      parameters: {
        ...{ size, height, width, rows, columns, channels, negativeInfinity: 0xff800000 },
        ...windowSizes(attrs),
      },
      workgroups: Math.ceil(size / 256),
    });
    return [y, argmax];
  },
};

export const maxPool2dGradient: WebgpuKernel<'residual/maxPool2dGradient'> = {
  kernelName: 'residual/maxPool2dGradient',
  kernelFunc({ inputs: { dy, argmax }, attrs: { inputShape }, backend }) {
    const [, height, width, channels] = inputShape;
    const [, rows, columns] = dy.shape;
    const dx = backend.output(inputShape);
    const size = util.sizeFromShape(inputShape);
    backend.dispatch(gradientShader, {
      tensors: { dy, argmax, dx },
      parameters: {
        ...{ size, height, width, rows, columns, channels },
        ...windowSizes(windowsOf.get(argmax.dataId) ?? ANY),
      },
      workgroups: Math.ceil(size / 256),
    });
    return dx;
  },
};
