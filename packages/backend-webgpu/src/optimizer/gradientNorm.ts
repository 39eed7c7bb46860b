import type { WebgpuKernel } from '../kernel.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import { gatheredGradients } from './gatheredGradients.js';
import norm from './norm.wgsl';
import normRoot from './normRoot.wgsl';
import { tableOf } from './table.js';
import tensorAt from './tensorAt.wgsl';

const partsShader = {
  name: 'gradientNormParts',
  code: [numbers, tensorAt, norm, eachWorkgroup],
  inputs: { gradients: 'f32', table: 'u32' },
  outputs: { partials: 'f32' },
  parameters: { tensors: 'u32', size: 'u32', parts: 'u32', sizePerPart: 'u32', nan: 'u32' },
} satisfies Shader;

const rootShader = {
  name: 'gradientNorm',
  code: [numbers, normRoot],
  inputs: { partials: 'f32' },
  outputs: { norm: 'f32' },
  parameters: { parts: 'u32', nan: 'u32' },
} satisfies Shader;

const NAN = 0x7fc00000;
const MOST_PARTS = 1024;
const LEAST_SIZE = 4096;

export const gradientNorm: WebgpuKernel<'residual/gradientNorm'> = {
  kernelName: 'residual/gradientNorm',
  kernelFunc({ inputs, backend }) {
    const tensors = Object.values(inputs);
    const { table, size } = tableOf(backend, tensors);
    const wanted = Math.min(MOST_PARTS, Math.ceil(size / LEAST_SIZE));
    const sizePerPart = Math.ceil(size / wanted);
    const parts = Math.ceil(size / sizePerPart);
    const result = backend.output([]);
    const gradients = gatheredGradients(backend).of(tensors);
    backend.scratch(4 * parts, (partials) => {
      backend.dispatch(partsShader, {
        tensors: { gradients, table, partials },
        parameters: { tensors: tensors.length, size, parts, sizePerPart, nan: NAN },
        workgroups: parts,
      });
      backend.dispatch(rootShader, {
        tensors: { partials, norm: result },
        parameters: { parts, nan: NAN },
        workgroups: 1,
      });
    });
    return result;
  },
};
