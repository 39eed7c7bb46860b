import { type KernelParams, windowShape } from '@residual/ops';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import type { Shader } from '../shader.js';
import averagedWindows from './averagedWindows.wgsl';
import averagePool from './averagePool.wgsl';
import averagePoolGradient from './averagePoolGradient.wgsl';
import { windowParameters, windowSizes } from './windowParameters.js';

const shader = {
  name: 'averagePool',
  code: [averagedWindows, averagePool, eachElement],
  inputs: { x: 'stored' },
  outputs: { y: 'stored' },
  parameters: windowParameters,
} satisfies Shader;

const gradientShader = {
  name: 'averagePoolGradient',
  code: [averagedWindows, averagePoolGradient, eachElement],
  inputs: { dy: 'f32' },
  outputs: { dx: 'f32' },
  parameters: windowParameters,
} satisfies Shader;

export const averagePool2d: WebgpuKernel<'residual/averagePool2d'> = {
  kernelName: 'residual/averagePool2d',
  kernelFunc({ inputs: { x }, attrs, backend }) {
    const y = backend.activation(windowShape(x.shape, attrs.kernelSize, attrs, x.shape[3]));
    backend.dispatch(shader, { tensors: { x, y }, ...dispatchOf(y, attrs) });
    return y;
  },
};

export const averagePool2dGradient: WebgpuKernel<'residual/averagePool2dGradient'> = {
  kernelName: 'residual/averagePool2dGradient',
  kernelFunc({ inputs: { dy }, attrs, backend }) {
    const dx = backend.output(attrs.inputShape);
    backend.dispatch(gradientShader, { tensors: { dy, dx }, ...dispatchOf(dx, attrs) });
    return dx;
  },
};

/** @param result whose elements the threads make */
function dispatchOf(result: TensorInfo, attributes: KernelParams<'residual/averagePool2d'>['attrs']) {
  const { inputShape, kernelSize, countIncludePad } = attributes;
  const [, height, width, channels] = inputShape;
  const [, rows, columns] = windowShape(inputShape, kernelSize, attributes, channels);
  const size = util.sizeFromShape(result.shape);
  return {
    parameters: { size, height, width, rows, columns, channels, ...windowSizes(attributes) },
    constants: { COUNTS_PADDING: countIncludePad },
    workgroups: Math.ceil(size / 256),
  };
}
