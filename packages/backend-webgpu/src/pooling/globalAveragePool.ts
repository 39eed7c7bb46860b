import { util } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import type { Shader } from '../shader.js';
import globalAveragePoolText from './globalAveragePool.wgsl';
import gradientText from './globalAveragePoolGradient.wgsl';

const shader = {
  name: 'globalAveragePool',
  code: [globalAveragePoolText, eachElement],
  inputs: { x: 'stored' },
  outputs: { y: 'f32' },
  parameters: { size: 'u32', channels: 'u32', positions: 'u32' },
} satisfies Shader;

const gradientShader = {
  name: 'globalAveragePoolGradient',
  code: [gradientText, eachElement],
  inputs: { dy: 'f32' },
  outputs: { dx: 'f32' },
  parameters: { size: 'u32', channels: 'u32', positions: 'u32' },
} satisfies Shader;

export const globalAveragePool: WebgpuKernel<'residual/globalAveragePool'> = {
  kernelName: 'residual/globalAveragePool',
  kernelFunc({ inputs: { x }, backend }) {
    const [pictures, height, width, channels] = x.shape;
    const y = backend.output([pictures, channels]);
    const size = pictures * channels;
    backend.dispatch(shader, {
      tensors: { x, y },
      parameters: { size, channels, positions: height * width },
      workgroups: Math.ceil(size / 256),
    });
    return y;
  },
};

export const globalAveragePoolGradient: WebgpuKernel<'residual/globalAveragePoolGradient'> = {
  kernelName: 'residual/globalAveragePoolGradient',
  kernelFunc({ inputs: { dy }, attrs: { inputShape }, backend }) {
    const [, height, width, channels] = inputShape;
    const dx = backend.output(inputShape);
    const size = util.sizeFromShape(inputShape);
    backend.dispatch(gradientShader, {
      tensors: { dy, dx },
      parameters: { size, channels, positions: height * width },
      workgroups: Math.ceil(size / 256),
    });
    return dx;
  },
};
