import { util } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import { runBatchNormGradient } from './gradient.js';
import inference from './inference.wgsl';

const shader = {
  name: 'batchNormInference',
  code: [numbers, inference, eachElement],
  inputs: { x: 'stored', scale: 'f32', offset: 'f32', mean: 'f32', variance: 'f32', addend: 'stored' },
  outputs: { y: 'stored' },
  parameters: { size: 'u32', channels: 'u32', epsilon: 'f32' },
} satisfies Shader;

export const batchNormInference: WebgpuKernel<'residual/batchNormInference'> = {
  kernelName: 'residual/batchNormInference',
  kernelFunc({ inputs: { x, scale, offset, mean, variance, addend }, attrs, backend }) {
    const y = backend.activation(x.shape);
    const size = util.sizeFromShape(x.shape);
    backend.dispatch(shader, {
      tensors: { x, scale, offset, mean, variance, addend, y },
      parameters: { size, channels: scale.shape[0]!, epsilon: attrs.epsilon },
      constants: { HAS_ADDEND: addend !== undefined, RELU: attrs.activation === 'relu' },
      workgroups: Math.ceil(size / 256),
    });
    return y;
  },
};

export const batchNormInferenceGradient: WebgpuKernel<'residual/batchNormInferenceGradient'> = {
  kernelName: 'residual/batchNormInferenceGradient',
  kernelFunc: ({ inputs: { variance: spread, ...inputs }, attrs: { epsilon, hasAddend }, backend }) =>
    runBatchNormGradient(backend, { ...inputs, spread }, { hasAddend, inference: true, epsilon }),
};
